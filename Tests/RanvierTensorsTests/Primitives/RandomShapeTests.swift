import RanvierTensors
import TestSupport
import Testing

/// Primitives on random shapes, among them empty axes and axes of size 1, against their reference
/// evaluation.
@Suite struct RandomShapeTests {
  static let rounds = 60

  /// Calls a closure with generators for independent random problems.
  private func repeatedly(_ salt: String, _ body: (inout TestGenerator, UInt64) -> Void) {
    for round in 0 ..< RandomShapeTests.rounds {
      var generator = TestGenerator(salt: "\(salt) \(round)")
      body(&generator, testSeed &+ UInt64(round))
    }
  }

  /// A shape that broadcasts to another: some axes of size 1, some leading axes missing.
  private func broadcastable(to shape: Shape, using generator: inout TestGenerator) -> Shape {
    let kept = Int.random(in: 0 ... shape.rank, using: &generator)
    return Shape(
      shape.sizes.suffix(kept).map { Int.random(in: 0 ..< 3, using: &generator) == 0 ? 1 : $0 })
  }

  @Test func `element-wise operations broadcast`() {
    let types: [ElementType] = [.float64, .float32, .bfloat16, .int8, .int64, .uint16]
    repeatedly("broadcast") { generator, seed in
      let shape = Shape.random(using: &generator)
      let a = PrimitiveSample.Operand(broadcastable(to: shape, using: &generator))
      let b = PrimitiveSample.Operand(broadcastable(to: shape, using: &generator))
      let condition = PrimitiveSample.Operand(
        broadcastable(to: shape, using: &generator), .integers(0, 1), .bool)
      for type in types {
        expectMatchesReference(PrimitiveSample(Subtract(), [a, b]), as: type, seed: seed)
        expectMatchesReference(PrimitiveSample(Maximum(), [b, a]), as: type, seed: seed)
        expectMatchesReference(PrimitiveSample(LessOrEqual(), [a, b]), as: type, seed: seed)
        expectMatchesReference(PrimitiveSample(Select(), [condition, a, b]), as: type, seed: seed)
        expectMatchesReference(PrimitiveSample(Negate(), [a]), as: type, seed: seed)
      }
    }
  }

  @Test(arguments: [
    ([3, 1100], [1100]), ([3, 1100], [3, 1]), ([2050, 3], [3]), ([2050, 3], [2050, 1]),
    ([2, 3, 700], [2, 1, 700]), ([5000], [1]), ([40, 1, 60], [50, 1]),
  ])
  func `element-wise operations cross blocks`(_ first: [Int], _ second: [Int]) {
    for type in [ElementType.float64, .float32, .int16, .uint8] {
      let a = PrimitiveSample.Operand(Shape(first))
      let b = PrimitiveSample.Operand(Shape(second))
      expectMatchesReference(PrimitiveSample(Add(), [a, b]), as: type)
      expectMatchesReference(PrimitiveSample(Greater(), [b, a]), as: type)
    }
  }

  @Test func `reductions over random axes`() {
    repeatedly("reduction") { generator, seed in
      let shape = Shape.random(using: &generator)
      let axes = (0 ..< shape.rank).filter { _ in Bool.random(using: &generator) }
      let operand = PrimitiveSample.Operand(shape)
      for type in [ElementType.float64, .float32, .int32, .uint8] {
        expectMatchesReference(PrimitiveSample(Sum(axes: axes), [operand]), as: type, seed: seed)
        expectMatchesReference(
          PrimitiveSample(MaximumReduction(axes: axes), [operand]), as: type, seed: seed)
        expectMatchesReference(
          PrimitiveSample(MinimumReduction(axes: axes), [operand]), as: type, seed: seed)
      }
      let flags = PrimitiveSample.Operand(shape, .integers(0, 1), .bool)
      expectMatchesReference(PrimitiveSample(AnyReduction(axes: axes), [flags]), seed: seed)
      expectMatchesReference(PrimitiveSample(AllReduction(axes: axes), [flags]), seed: seed)
      if let axis = (0 ..< shape.rank).randomElement(using: &generator), shape[axis] > 0 {
        let ties = PrimitiveSample.Operand(shape, .integers(-2, 2))
        for maximum in [true, false] {
          expectMatchesReference(
            PrimitiveSample(ArgumentReduction(axis: axis, findsMaximum: maximum), [ties]),
            seed: seed)
        }
      }
    }
  }

  @Test(arguments: [
    ([3, 5000], [1]), ([5000, 3], [0]), ([9000], [0]), ([4, 300, 5], [1]), ([7, 33, 65], [0, 2]),
  ])
  func `reductions of many elements`(_ shape: [Int], _ axes: [Int]) {
    for type in [ElementType.float64, .float32, .float16, .int64] {
      let operand = PrimitiveSample.Operand(Shape(shape), .uniform(0, 1))
      expectMatchesReference(PrimitiveSample(Sum(axes: axes), [operand]), as: type)
      expectMatchesReference(PrimitiveSample(MaximumReduction(axes: axes), [operand]), as: type)
    }
  }

  @Test func `transposition, reversal and broadcasting move elements`() {
    repeatedly("movement") { generator, seed in
      let shape = Shape.random(using: &generator)
      let axes = Array(0 ..< shape.rank)
      let operand = PrimitiveSample.Operand(shape, .integers(0, 99))
      let order = axes.shuffled(using: &generator)
      let flipped = axes.filter { _ in Bool.random(using: &generator) }
      let narrow = broadcastable(to: shape, using: &generator)
      for type in [ElementType.float64, .float32, .int16, .uint8] {
        expectMatchesReference(
          PrimitiveSample(Transpose(permutation: order), [operand]), as: type, seed: seed)
        expectMatchesReference(
          PrimitiveSample(Reverse(axes: flipped), [operand]), as: type, seed: seed)
        expectMatchesReference(
          PrimitiveSample(Broadcast(to: shape), [.init(narrow)]), as: type, seed: seed)
      }
    }
  }

  @Test(arguments: [[65, 130], [3, 70, 40], [200, 3]])
  func `transposition of more than a block`(_ shape: [Int]) {
    for type in [ElementType.float64, .float32, .int16, .uint8] {
      expectMatchesReference(
        PrimitiveSample(
          Transpose(permutation: Array((0 ..< shape.count).reversed())), [.init(Shape(shape))]),
        as: type)
    }
  }

  @Test func `slices and pads`() {
    repeatedly("slices") { generator, seed in
      let shape = Shape.random(ranks: 0 ... 4, largest: 6, using: &generator)
      var starts: [Int] = []
      var ends: [Int] = []
      for size in shape.sizes {
        starts.append(Int.random(in: 0 ... size, using: &generator))
        ends.append(Int.random(in: starts[starts.count - 1] ... size, using: &generator))
      }
      let steps = shape.sizes.map { _ in Int.random(in: 1 ... 3, using: &generator) }
      let slice = Slice(starts: starts, ends: ends, strides: steps)
      let interior = shape.sizes.map { _ in Int.random(in: 0 ... 2, using: &generator) }
      // Negative borders may cut everything off, but not more.
      let widths = zip(shape.sizes, interior).map { $0 + max(0, $0 - 1) * $1 }
      let low = widths.map { Int.random(in: -$0 ... 2, using: &generator) }
      let high = zip(widths, low).map { Int.random(in: -min($0, $0 + $1) ... 2, using: &generator) }
      let pad = Pad(low: low, high: high, interior: interior)
      let operand = PrimitiveSample.Operand(shape, .integers(0, 99))
      for type in [ElementType.float64, .float32, .int16, .uint8] {
        expectMatchesReference(PrimitiveSample(slice, [operand]), as: type, seed: seed)
        expectMatchesReference(PrimitiveSample(pad, [operand, .init([])]), as: type, seed: seed)
      }
      expectGradientsMatch(
        at: [Tensor(PrimitiveSample.Operand(shape), using: &generator), Tensor(0.5)], order: 1,
        "\(pad) of \(shape)"
      ) { x in
        let padded: Tensor = apply(pad, x)
        let sliced: Tensor = apply(slice, [x[0]])
        return Tensor(concatenating: [padded.flattened(), sliced.flattened()])
      }
    }
  }

  @Test func `concatenations, gathers and scatters`() {
    repeatedly("rows") { generator, seed in
      let shape = Shape.random(ranks: 1 ... 4, using: &generator)
      let axis = Int.random(in: 0 ..< shape.rank, using: &generator)
      let parts = (0 ..< Int.random(in: 1 ... 4, using: &generator)).map { _ in
        var part = shape
        part[axis] = Int.random(in: 0 ... 3, using: &generator)
        return PrimitiveSample.Operand(part, .integers(0, 99))
      }
      let positionShape = Shape.random(ranks: 0 ... 2, using: &generator)
      var source = shape
      source[axis] = Int.random(in: 1 ... 5, using: &generator)
      let positions = PrimitiveSample.Operand(positionShape, .integers(-2, 6), .int64)
      let rows = Shape(
        Array(shape.sizes[..<axis] + positionShape.sizes + shape.sizes[(axis + 1)...]))
      for type in [ElementType.float64, .float32, .int16, .uint8] {
        expectMatchesReference(
          PrimitiveSample(Concatenate(axis: axis), parts), as: type, seed: seed)
        expectMatchesReference(
          PrimitiveSample(Gather(axis: axis), [.init(source), positions]), as: type, seed: seed)
        expectMatchesReference(
          PrimitiveSample(ScatterAdd(axis: axis, size: 5), [.init(rows), positions]), as: type,
          seed: seed)
      }
      let index = Tensor(positions, using: &generator)
      expectGradientsMatch(
        at: [.random(source, using: &generator), .random(rows, using: &generator)], order: 1,
        "gather of \(source), scatter of \(rows)"
      ) { x in
        let gathered: Tensor = apply(Gather(axis: axis), [x[0], index])
        let scattered: Tensor = apply(ScatterAdd(axis: axis, size: 5), [x[1], index])
        return Tensor(concatenating: [gathered.flattened(), scattered.flattened()])
      }
    }
  }

  @Test func `matrix products of random sizes`() {
    repeatedly("products") { generator, seed in
      let sizes = (0 ..< 4).map { _ in Int.random(in: 0 ... 9, using: &generator) }
      let batch = sizes[3] > 6 ? [] : [sizes[3] % 4]
      for (left, right) in [(false, false), (true, false), (false, true), (true, true)] {
        let sample = PrimitiveSample(
          MatrixProduct(transposesLeft: left, transposesRight: right),
          [
            .init(Shape(batch + (left ? [sizes[1], sizes[0]] : [sizes[0], sizes[1]]))),
            .init(Shape(batch + (right ? [sizes[2], sizes[1]] : [sizes[1], sizes[2]]))),
          ])
        for type in [ElementType.float64, .float32, .bfloat16, .float16, .int8, .int64] {
          expectMatchesReference(sample, as: type, seed: seed)
        }
      }
    }
  }
}
