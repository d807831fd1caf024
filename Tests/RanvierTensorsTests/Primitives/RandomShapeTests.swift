import RanvierTensors
import TestSupport
import Testing

extension PrimitiveRow {
  static let elementwise = all.filter { $0.type is any ElementwisePrimitive.Type }
  static let reductions = all.filter { $0.type is any ReductionPrimitive.Type }
  static let cumulative = all.filter { $0.type is any CumulativePrimitive.Type }
}

/// Primitives on random shapes, among them empty axes and axes of size 1, against their reference
/// evaluation.
@Suite struct RandomShapeTests {
  static let rounds = 60

  /// Calls a closure with generators for independent random problems.
  private func repeatedly(
    _ salt: String, rounds: Int = RandomShapeTests.rounds,
    _ body: (inout TestGenerator, UInt64) -> Void
  ) {
    for round in 0 ..< rounds {
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

  /// A primitive's sample with operands of other shapes that broadcast together.
  private func broadcasting(
    _ sample: PrimitiveSample, to shape: Shape, using generator: inout TestGenerator
  ) -> PrimitiveSample {
    var sample = sample
    for index in sample.operands.indices {
      sample.operands[index].type.shape = broadcastable(to: shape, using: &generator)
    }
    return sample
  }

  @Test(arguments: PrimitiveRow.elementwise)
  func `element-wise operations broadcast`(_ row: PrimitiveRow) {
    repeatedly("broadcast \(row)", rounds: 24) { generator, seed in
      let shape = Shape.random(largest: 3, using: &generator)
      guard let sample = row.type.samples.randomElement(using: &generator) else { return }
      let drawn = broadcasting(sample, to: shape, using: &generator)
      expectMatchesReference(drawn, seed: seed)
      guard drawn.operands.contains(where: { $0.type.elementType == .float64 }) else { return }
      let others: [ElementType] = [.float16, .bfloat16, .int8, .int64, .uint16, .bool]
      for type in [.float32, others[Int(seed % 6)]] {
        expectMatchesReference(drawn, as: type, seed: seed)
      }
    }
  }

  @Test(.tags(.gradient), arguments: PrimitiveRow.elementwise)
  func `element-wise derivatives undo broadcasting`(_ row: PrimitiveRow) {
    let samples = row.type.samples.filter { sample in
      // Operands drawn to be distinct in one shape need not be in another.
      sample.isDifferentiable
        && sample.operands.allSatisfy { if case .distinct = $0.values { false } else { true } }
    }
    guard !samples.isEmpty else { return }
    for round in 0 ..< 8 {
      var generator = TestGenerator(salt: "derivatives of \(row) \(round)")
      let shape = Shape.random(largest: 2, using: &generator)
      guard let sample = samples.randomElement(using: &generator) else { return }
      let drawn = broadcasting(sample, to: shape, using: &generator)
      let operands = drawn.operands.map { Tensor($0, using: &generator) }
      let varied = operands.indices.filter { operands[$0].elementType.isFloatingPoint }
      expectGradientsMatch(at: varied.map { operands[$0] }, order: 1, "\(drawn)") { point in
        var arguments = operands
        for (index, tensor) in zip(varied, point) { arguments[index] = tensor }
        return apply(drawn.primitive, arguments)
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

  @Test(arguments: PrimitiveRow.reductions)
  func `reductions over random axes`(_ row: PrimitiveRow) {
    func check<Reduction: ReductionPrimitive>(_ type: Reduction.Type) {
      repeatedly("reduction \(row)", rounds: 40) { generator, seed in
        let shape = Shape.random(using: &generator)
        let axes = (0 ..< shape.rank).filter { _ in Bool.random(using: &generator) }
        let reduction = Reduction(axes: axes)
        let operand =
          reduction.reducesBool
          ? PrimitiveSample.Operand(shape, .integers(0, 1), .bool) : .init(shape)
        let sample = PrimitiveSample(reduction, [operand])
        expectMatchesReference(sample, seed: seed)
        guard !reduction.reducesBool else { return }
        for type in [ElementType.float32, .float16, .bfloat16, .int32, .uint8] {
          expectMatchesReference(sample, as: type, seed: seed)
        }
        // The extremum of nothing is infinite, and so has no differences.
        guard seed % 4 == 0, shape.count > 0 else { return }
        let x = Tensor(.init(shape, .distinct), using: &generator) * 0.01
        expectGradientsMatch(at: [x], order: 1, "\(sample)") { apply(reduction, $0) }
      }
    }
    if let type = row.type as? any ReductionPrimitive.Type { check(type) }
  }

  @Test func `positions of extrema over random axes`() {
    repeatedly("positions") { generator, seed in
      let shape = Shape.random(using: &generator)
      guard let axis = (0 ..< shape.rank).randomElement(using: &generator), shape[axis] > 0
      else { return }
      let ties = PrimitiveSample.Operand(shape, .integers(-2, 2))
      for maximum in [true, false] {
        for type in [ElementType.float64, .float32, .int8] {
          expectMatchesReference(
            PrimitiveSample(ArgumentReduction(axis: axis, findsMaximum: maximum), [ties]),
            as: type, seed: seed)
        }
      }
    }
  }

  @Test(arguments: PrimitiveRow.cumulative)
  func `cumulative operations along random axes`(_ row: PrimitiveRow) {
    func check<Cumulative: CumulativePrimitive>(_ type: Cumulative.Type) {
      repeatedly("cumulative \(row)", rounds: 24) { generator, seed in
        let shape = Shape.random(ranks: 1 ... 6, using: &generator)
        let axis = Int.random(in: 0 ..< shape.rank, using: &generator)
        let primitive = Cumulative(axis: axis, isReversed: .random(using: &generator))
        let sample = PrimitiveSample(primitive, [.init(shape)])
        for type in [ElementType.float64, .float32, .float16, .bfloat16, .int32, .uint8] {
          expectMatchesReference(sample, as: type, seed: seed)
        }
        guard seed % 4 == 0 else { return }
        let x = Tensor(.init(shape, .distinct), using: &generator) * 0.01
        expectGradientsMatch(at: [x], order: 1, "\(sample)") { apply(primitive, $0) }
      }
    }
    if let type = row.type as? any CumulativePrimitive.Type { check(type) }
  }

  @Test(arguments: PrimitiveRow.cumulative, [([3, 700], 1), ([700, 3], 0), ([3, 20, 600], 1)])
  func `cumulative operations on many elements`(_ row: PrimitiveRow, _ size: ([Int], Int)) {
    func check<Cumulative: CumulativePrimitive>(_ type: Cumulative.Type) {
      for isReversed in [false, true] {
        let sample = PrimitiveSample(
          Cumulative(axis: size.1, isReversed: isReversed),
          [.init(Shape(size.0), .uniform(-1.01, 1.01))])
        for type in [ElementType.float64, .float32] { expectMatchesReference(sample, as: type) }
        // Doubles cannot follow products of that many integers.
        if !(type is CumulativeProduct.Type) { expectMatchesReference(sample, as: .int64) }
      }
    }
    if let type = row.type as? any CumulativePrimitive.Type { check(type) }
  }

  @Test func `linear recurrences along random axes`() {
    repeatedly("recurrence") { generator, seed in
      let shape = Shape.random(ranks: 1 ... 6, using: &generator)
      let axis = Int.random(in: 0 ..< shape.rank, using: &generator)
      let sample = PrimitiveSample(
        LinearRecurrence(axis: axis, isReversed: .random(using: &generator)),
        [.init(shape, .uniform(-1, 1)), .init(shape)])
      for type in [ElementType.float64, .float32, .float16, .bfloat16, .int16, .uint64] {
        expectMatchesReference(sample, as: type, seed: seed)
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
