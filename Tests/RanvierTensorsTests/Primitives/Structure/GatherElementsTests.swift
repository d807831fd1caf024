import RanvierTensors
import TestSupport
import Testing

@Suite struct GatherElementsTests {
  @Test func `random shapes equal the reference, forth and back`() {
    for round in 0 ..< 60 {
      var generator = TestGenerator(salt: "gather elements \(round)")
      let shape = Shape.random(ranks: 1 ... 5, using: &generator)
      let axis = Int.random(in: 0 ..< shape.rank, using: &generator)
      var chosen = shape
      chosen[axis] = shape[axis] == 0 ? 0 : Int.random(in: 0 ... 5, using: &generator)
      let position: ElementType = Bool.random(using: &generator) ? .int32 : .int64
      let positions = PrimitiveSample.Operand(chosen, .integers(-2, 6), position)
      for type in [ElementType.float64, .float32, .float16, .bfloat16, .int16, .uint8, .int64] {
        expectMatchesReference(
          PrimitiveSample(GatherElements(axis: axis), [.init(shape), positions]), as: type)
        expectMatchesReference(
          PrimitiveSample(ScatterAddElements(axis: axis, size: 4), [.init(chosen), positions]),
          as: type)
        expectMatchesReference(
          PrimitiveSample(
            ScatterAddElements(axis: axis, size: 4, clamps: true), [.init(chosen), positions]),
          as: type)
      }
      let index = Tensor(positions, using: &generator)
      expectGradientsMatch(
        at: [.random(shape, using: &generator), .random(chosen, using: &generator)],
        "gather of \(shape), scatter of \(chosen)"
      ) { x in
        let gathered: Tensor = apply(GatherElements(axis: axis), [sin(x[0]), index])
        let scattered: Tensor = apply(ScatterAddElements(axis: axis, size: 4), [sin(x[1]), index])
        return Tensor(concatenating: [gathered.flattened(), scattered.flattened()])
      }
    }
  }

  @Test func `large scatters add every term once, in f16 too`() {
    // More rows than a block of accumulators, more columns than a strip.
    for (rows, columns) in [(20_000, 1), (300, 150)] {
      let positions = RandomKey(seed: 8).integers([5000, columns], in: -3 ..< rows + 3)
      let ones = Tensor.ones([5000, columns], elementType: .float16)
      let counts = Tensor.zeros([rows, columns], elementType: .float16)
        .scatterAddingElements(ones, at: positions, alongAxis: 0)
      var expected = [Double](repeating: 0, count: rows * columns)
      for (index, row) in positions.scalars(as: Int.self).enumerated()
      where (0 ..< rows).contains(row) { expected[row * columns + index % columns] += 1 }
      #expect(counts.scalars(as: Double.self) == expected)
    }
  }

  @Test func `positions may be integers of any type, and nothing else`() {
    let x = Tensor([10.0, 20, 30])
    for type in ElementType.allCases where type.isInteger {
      let positions = Tensor([2, 0, 9]).cast(to: type)
      #expect(x.gathered(at: positions) == Tensor([30.0, 10, 30]), "\(type)")
      #expect(x.gatheredElements(at: positions) == Tensor([30.0, 10, 30]), "\(type)")
    }
    #expect(x.gathered(at: Tensor([UInt64.max])) == Tensor([30.0]))
    #expect(x.scatterAdding(1, at: Tensor([UInt64.max])) == x)
    for positions in [Tensor([1.0]), Tensor([Float(0)]), Tensor([true])] {
      let error = x.gathered(at: positions).error
      #expect(
        error?.message.hasPrefix(
          "gathered(at:alongAxis:) needs positions of an integer type, got \(positions.type)")
          == true)
      #expect(x.gatheredElements(at: positions).error != nil)
      #expect(x.scatterAdding(x, at: positions).error != nil)
    }
  }

  @Test func `batches of examples`() {
    for sample in GatherElements.samples + ScatterAddElements.samples {
      expectVectorizedMatches(sample)
    }
    for axis in 0 ..< 3 {
      for shape: Shape in [[], [4], [2, 3]] {
        let positions = PrimitiveSample.Operand(shape, .integers(-2, 7), .int64)
        let source: Shape = [3, 5, 2]
        let rows = source.sizes[..<axis] + shape.sizes + source.sizes[(axis + 1)...]
        expectVectorizedMatches(
          PrimitiveSample(Gather(axis: axis), [.init(source), positions]))
        expectVectorizedMatches(
          PrimitiveSample(
            ScatterAdd(axis: axis, size: 5), [.init(Shape(Array(rows))), positions]))
      }
    }
  }

  @Test func `shapes that do not fit are errors`() {
    let x = Tensor.ones([2, 3])
    #expect(
      x.gatheredElements(at: Tensor([0, 1])).error?.message
        == """
        gatheredElements(at:alongAxis:) needs an axis that is not empty, and positions of the same \
        shape but for the axis, got axis 1 of f32[2, 3], positions i64[2]; \
        gathered(at:alongAxis:) takes whole rows
        """)
    #expect(x.scatterAddingElements(1, at: Tensor([[0]])).error != nil)
    #expect(x.gatheredElements(at: Tensor([[0], [1]]), alongAxis: 5).error != nil)
  }
}
