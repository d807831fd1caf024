package import RanvierTensors

/// A random program on tensors as a value: applications of primitives to inputs, constants and
/// earlier results.
///
/// Values are numbered: inputs first, then constants, then results. Programs keep away from poles
/// and from large numbers, and compare only values that no rounding has touched, so that different
/// ways of computing them agree.
package struct RandomProgram: Sendable, CustomStringConvertible {
  package struct Step: Sendable {
    package var primitive: any Primitive
    package var operands: [Int]
    /// Which of the primitive's results the step gives.
    package var result = 0
  }

  package private(set) var inputs: [Tensor] = []
  package private(set) var constants: [Tensor] = []
  package private(set) var steps: [Step] = []
  /// The values that the program returns.
  package private(set) var outputs: [Int] = []
  package let elementType: ElementType
  private let comment: String

  /// The program's results for inputs.
  package func callAsFunction(_ inputs: [Tensor]) -> [Tensor] {
    var values = inputs + constants
    for step in steps {
      let results = applyAll(step.primitive, step.operands.map { values[$0] })
      values.append(results[step.result])
    }
    return outputs.map { values[$0] }
  }

  /// A scalar that depends on every floating-point result.
  package func total(_ inputs: [Tensor]) -> Tensor {
    self(inputs).filter { $0.elementType.isFloatingPoint }
      .reduce(Tensor(0, elementType: elementType)) { $0 + ($1 * $1).sum() }
  }

  package var description: String {
    var lines = [comment]
    for (index, tensor) in (inputs + constants).enumerated() {
      let kind = index < inputs.count ? "input" : "constant"
      lines.append("v\(index): \(tensor.type) = \(kind) \(tensor.scalars(as: Double.self))")
    }
    for (index, step) in steps.enumerated() {
      let operands = step.operands.map { "v\($0)" }.joined(separator: ", ")
      let part = step.result == 0 ? "" : ", result \(step.result)"
      lines.append(
        "v\(inputs.count + constants.count + index) = \(step.primitive) \(operands)\(part)")
    }
    lines.append("return " + outputs.map { "v\($0)" }.joined(separator: ", "))
    return lines.joined(separator: "\n")
  }

  /// Draws a program.
  ///
  /// - Parameter isSmooth: Whether the program keeps away from kinks and jumps, so that finite
  ///   differences are its derivatives.
  package init(
    stepCount: Int, elementType: ElementType = .float64, hasRandomBits: Bool = true,
    isSmooth: Bool = false, seed: UInt64 = testSeed, salt: String
  ) {
    self.elementType = elementType
    comment = "program \(salt), \(seedNote(seed))"
    var builder = Builder(elementType, isSmooth: isSmooth, seed: seed, salt: salt)
    builder.drawOperands(hasRandomBits: hasRandomBits)
    // Many draws break a shape rule or leave the range of values, and are drawn again.
    for _ in 0 ..< stepCount * 40 where builder.steps.count < stepCount { builder.drawStep() }
    inputs = builder.inputs
    constants = builder.constants
    steps = builder.steps
    outputs = builder.drawOutputs()
  }
}

/// Draws a program step by step, computing it along the way.
private struct Builder {
  let elementType: ElementType
  var generator: TestGenerator
  var inputs: [Tensor] = []
  var constants: [Tensor] = []
  var steps: [RandomProgram.Step] = []
  var values: [Tensor] = []
  /// Whether a value is free of rounding, so that it may be compared.
  var isExact: [Bool] = []
  let isSmooth: Bool
  /// Random keys take part in nothing but random bits.
  var keys: Set<Int> = []
  /// Positions and starts (i64), which take part in nothing but gathers and blocks.
  var positions: [Int] = []

  init(_ elementType: ElementType, isSmooth: Bool, seed: UInt64, salt: String) {
    self.elementType = elementType
    self.isSmooth = isSmooth
    generator = TestGenerator(seed: seed, salt: salt)
  }

  private mutating func number(_ range: Range<Int>) -> Int {
    Int.random(in: range, using: &generator)
  }
  private mutating func chance(_ oneIn: Int) -> Bool { number(0 ..< oneIn) == 0 }

  private mutating func drawTensor() -> Tensor {
    let rank = [0, 1, 1, 2, 2, 2, 2, 3, 3, 4][number(0 ..< 10)]
    let sizes = (0 ..< rank).map { _ in chance(40) ? 0 : chance(5) ? 1 : number(2 ..< 5) }
    let shape = Shape(sizes)
    // Sixteenths are exact in every type, and differ by much more than rounding errors.
    let elements = (0 ..< shape.count).map { _ in Double(number(-24 ..< 25)) / 16 + 1.0 / 32 }
    return Tensor(elements, shape: shape).cast(to: elementType)
  }

  mutating func drawOperands(hasRandomBits: Bool) {
    for _ in 0 ..< number(1 ..< 5) { inputs.append(drawTensor()) }
    if hasRandomBits && chance(3) {
      keys.insert(inputs.count)
      inputs.append(RandomKey(seed: generator.next()).words)
    }
    for _ in 0 ..< number(1 ..< 3) { constants.append(drawTensor()) }
    constants.append(Tensor(0, elementType: elementType))
    constants.append(Tensor(1, elementType: elementType))
    positions = [inputs.count + constants.count, inputs.count + constants.count + 1]
    constants.append(Tensor([Int64(number(0 ..< 3)), Int64(number(0 ..< 5)), 1]))
    constants.append(Tensor(Int64(number(0 ..< 3))))
    constants.append(Tensor(chance(2)))
    constants.append(Tensor(UInt32(1 << 28)))
    values = inputs + constants
    isExact = values.map { _ in true }
  }

  /// Returns up to four values, late ones more often; a value may be returned twice.
  mutating func drawOutputs() -> [Int] {
    let candidates = values.indices.filter {
      !keys.contains($0) && ![.uint32, .int64].contains(values[$0].elementType)
    }
    return (0 ..< number(1 ..< 5)).map { _ in
      candidates[max(number(0 ..< candidates.count), number(0 ..< candidates.count))]
    }
  }

  /// The number of a value of a kind.
  private mutating func draw(_ condition: (Tensor) -> Bool) -> Int? {
    let found = values.indices.filter {
      !keys.contains($0) && !positions.contains($0) && condition(values[$0])
    }
    guard !found.isEmpty else { return nil }
    // Recent values more often, so that programs become deep.
    return found[max(number(0 ..< found.count), chance(2) ? number(0 ..< found.count) : 0)]
  }

  private mutating func add(
    _ primitive: any Primitive, _ operands: [Int], result: Int = 0, isExact exact: Bool = false
  ) {
    guard let types = try? primitive.resultTypes(of: operands.map { values[$0].type }),
      types[result].shape.count <= 600
    else { return }
    let tensor = applyAll(primitive, operands.map { values[$0] })[result]
    if tensor.elementType.isFloatingPoint,
      !tensor.scalars(as: Double.self).allSatisfy({ abs($0) < 24 })
    {
      return
    }
    steps.append(.init(primitive: primitive, operands: operands, result: result))
    values.append(tensor)
    isExact.append(exact && operands.allSatisfy { isExact[$0] })
  }

  private mutating func drawFloat() -> Int? {
    let type = elementType
    return draw { $0.elementType == type }
  }

  mutating func drawStep() {
    switch number(0 ..< 20) {
    case 0 ..< 3: drawUnary()
    case 3 ..< 7: drawBinary()
    case 16: drawCumulative()
    case 17: drawOrder()
    case 18: drawBlock()
    case 19: drawLoop()
    case 7: drawChoice()
    case 8: drawReduction()
    case 9, 10: drawProduct()
    case 11: drawReshape()
    case 12: drawBroadcast()
    case 13: drawRearrangement()
    case 14: drawSelection()
    default: drawRandomBits()
    }
  }

  private mutating func drawUnary() {
    guard let x = drawFloat() else { return }
    let isAwayFromZero = values[x].scalars(as: Double.self).allSatisfy { abs($0) > 0.02 }
    var exact: [any Primitive] = [Negate(), Alias()]
    if !isSmooth { exact.append(StopGradient()) }
    if !isSmooth || isAwayFromZero { exact += [Absolute(), RectifiedLinear()] }
    var smooth: [any Primitive] = [
      Sine(), Cosine(), HyperbolicTangent(), Logistic(), ErrorFunction(), Exponential(),
      ArcTangent(), HyperbolicSine(), HyperbolicCosine(), ExponentialMinusOne(),
    ]
    if values[x].scalars(as: Double.self).allSatisfy({ abs($0) < 0.9 }) {
      smooth += [ArcSine(), ArcCosine(), Tangent(), InverseErrorFunction(), LogarithmOnePlus()]
    }
    let positive: [any Primitive] = [Logarithm(), SquareRoot(), ReciprocalSquareRoot()]
    let isPositive = values[x].scalars(as: Double.self).allSatisfy { $0 > 0.4 }
    if isPositive && chance(2) {
      add(positive[number(0 ..< positive.count)], [x])
    } else if chance(3) {
      add(exact[number(0 ..< exact.count)], [x], isExact: true)
    } else {
      add(smooth[number(0 ..< smooth.count)], [x])
    }
  }

  private mutating func drawBinary() {
    guard let x = drawFloat(), let y = drawFloat() else { return }
    switch number(0 ..< 9) {
    case 8 where values[y].scalars(as: Double.self).allSatisfy({ $0 > 0.4 }):
      add(ArcTangent2(), [x, y])
    case 0, 1: add(Add(), [x, y])
    case 2: add(Subtract(), [x, y])
    case 3, 4: add(Multiply(), [x, y])
    case 5 where values[y].scalars(as: Double.self).allSatisfy({ abs($0) > 0.4 }):
      add(Divide(), [x, y])
    case 6 where isComparable(x, y): add(Maximum(), [x, y], isExact: true)
    case 7 where isComparable(x, y): add(Minimum(), [x, y], isExact: true)
    default: add(Add(), [x, y])
    }
  }

  private mutating func drawChoice() {
    if let condition = draw({ $0.elementType == .bool }), chance(2),
      let x = drawFloat(), let y = drawFloat()
    {
      add(Select(), [condition, x, y])
      return
    }
    if let p = draw({ $0.elementType == .bool }), let q = draw({ $0.elementType == .bool }),
      chance(2)
    {
      let logic: [any Primitive] = [BitwiseAnd(), BitwiseOr(), BitwiseExclusiveOr()]
      switch number(0 ..< 4) {
      case 0: add(BitwiseNot(), [p], isExact: true)
      case 1: add(Cast(to: elementType), [p], isExact: true)
      default: add(logic[number(0 ..< logic.count)], [p, q], isExact: true)
      }
      return
    }
    guard let x = drawFloat(), let y = drawFloat(), isComparable(x, y) else { return }
    let comparisons: [any Primitive] = [
      Less(), LessOrEqual(), Greater(), GreaterOrEqual(), Equal(), NotEqual(),
    ]
    add(comparisons[number(0 ..< comparisons.count)], [x, y], isExact: true)
  }

  /// Whether comparing two values gives the same however they are computed, and, in a smooth
  /// program, for values near them.
  private func isComparable(_ x: Int, _ y: Int) -> Bool {
    guard isExact[x], isExact[y] else { return false }
    let difference = values[x] - values[y]
    return !isSmooth
      || (difference.error == nil
        && difference.scalars(as: Double.self).allSatisfy { abs($0) > 0.02 })
  }

  /// Whether the order of a value's elements is free of rounding, and, in a smooth program, of ties.
  private func isOrdered(_ x: Int) -> Bool {
    guard isExact[x] else { return false }
    let sorted = values[x].scalars(as: Double.self).sorted()
    return !isSmooth || zip(sorted, sorted.dropFirst()).allSatisfy { $1 - $0 > 0.02 }
  }

  private mutating func drawReduction() {
    guard let x = drawFloat() else { return }
    let axes = (0 ..< values[x].rank).filter { _ in chance(2) }
    switch number(0 ..< 5) {
    case 4: add(ProductReduction(axes: axes), [x])
    case 0 where values[x].count > 0 && isOrdered(x):
      add(MaximumReduction(axes: axes), [x], isExact: true)
    case 1 where values[x].count > 0 && isOrdered(x):
      add(MinimumReduction(axes: axes), [x], isExact: true)
    default: add(Sum(axes: axes), [x])
    }
  }

  private mutating func drawProduct() {
    for _ in 0 ..< 20 {
      guard let x = draw({ $0.rank >= 2 }), let y = draw({ $0.rank >= 2 }) else { return }
      let product = MatrixProduct(transposesLeft: chance(3), transposesRight: chance(3))
      let types = [values[x].type, values[y].type]
      guard types.allSatisfy({ $0.elementType == elementType }),
        (try? product.resultTypes(of: types)) != nil
      else { continue }
      let count = steps.count
      add(product, [x, y])
      // Often with what becomes an epilogue.
      if steps.count > count, chance(2) {
        let result = values.count - 1
        let width = values[result].shape[-1]
        if let bias = draw({ $0.shape == [width] }), values[bias].elementType == elementType {
          add(Add(), chance(2) ? [result, bias] : [bias, result])
        }
        if chance(2) { add(RectifiedLinear(), [values.count - 1]) }
      }
      return
    }
  }

  private mutating func drawReshape() {
    guard let x = draw({ _ in true }) else { return }
    var sizes = values[x].shape.sizes
    if chance(3) { sizes = [sizes.reduce(1, *)] }
    if sizes.count > 1, chance(2) {
      let axis = number(0 ..< sizes.count - 1)
      sizes.replaceSubrange(axis ... axis + 1, with: [sizes[axis] * sizes[axis + 1]])
    }
    if let axis = sizes.firstIndex(where: { $0 == 4 }), chance(2) {
      sizes.replaceSubrange(axis ... axis, with: [2, 2])
    }
    if sizes.count < 4, chance(3) { sizes.insert(1, at: number(0 ..< sizes.count + 1)) }
    add(Reshape(to: Shape(sizes)), [x], isExact: true)
  }

  private mutating func drawBroadcast() {
    guard let x = draw({ $0.rank < 4 }) else { return }
    var sizes = values[x].shape.sizes.map { $0 == 1 && chance(2) ? number(2 ..< 4) : $0 }
    if chance(2) { sizes.insert(number(1 ..< 4), at: 0) }
    add(Broadcast(to: Shape(sizes)), [x], isExact: true)
  }

  private mutating func drawRearrangement() {
    guard let x = draw({ $0.rank > 0 }) else { return }
    let rank = values[x].rank
    switch number(0 ..< 3) {
    case 0:
      add(Transpose(permutation: (0 ..< rank).shuffled(using: &generator)), [x], isExact: true)
    case 1 where rank > 1:
      let exchanged = Array(0 ..< rank - 2) + [rank - 1, rank - 2]
      add(Transpose(permutation: exchanged), [x], isExact: true)
    default: add(Reverse(axes: (0 ..< rank).filter { _ in chance(2) }), [x], isExact: true)
    }
  }

  private mutating func drawSelection() {
    guard let x = draw({ $0.rank > 0 }) else { return }
    let shape = values[x].shape
    let axis = number(0 ..< shape.rank)
    switch number(0 ..< 4) {
    case 0:
      guard let y = draw({ $0.rank == shape.rank }) else { return }
      add(Concatenate(axis: axis), chance(4) ? [x, x, y] : [x, y], isExact: true)
    case 1:
      let border = (0 ..< shape.rank).map { _ in number(0 ..< 2) }
      guard values[x].elementType == elementType,
        let fill = draw({ $0.rank == 0 }), values[fill].elementType == elementType
      else { return }
      add(
        Pad(low: border, high: border.map { 1 - $0 }, interior: border.map { _ in 0 }), [x, fill],
        isExact: true)
    default:
      let starts = shape.sizes.map { $0 > 1 ? number(0 ..< $0) : 0 }
      let ends = zip(starts, shape.sizes).map { number($0 ..< $1 + 1) }
      add(
        Slice(starts: starts, ends: ends, strides: shape.sizes.map { _ in chance(3) ? 2 : 1 }), [x],
        isExact: true)
    }
  }

  private mutating func drawCumulative() {
    guard let x = drawFloat(), values[x].rank > 0 else { return }
    let axis = number(0 ..< values[x].rank)
    let reversed = chance(2)
    switch number(0 ..< 6) {
    case 0: add(CumulativeProduct(axis: axis, isReversed: reversed), [x])
    case 1: add(CumulativeLogSumExp(axis: axis, isReversed: reversed), [x])
    case 2 where isOrdered(x):
      add(CumulativeMaximum(axis: axis, isReversed: reversed), [x], isExact: true)
    case 3:
      let type = values[x].type
      guard let y = draw({ $0.type == type }) else { return }
      add(LinearRecurrence(axis: axis, isReversed: reversed), [x, y])
    default: add(CumulativeSum(axis: axis, isReversed: reversed), [x])
    }
  }

  private mutating func drawOrder() {
    guard let x = drawFloat(), values[x].rank > 0 else { return }
    let axis = number(0 ..< values[x].rank)
    let size = values[x].shape[axis]
    switch number(0 ..< 3) {
    case 0 where size > 0: add(Gather(axis: axis), [x, positions[0]], isExact: true)
    case 1:
      let moved = values[x].shape
      if moved[axis] == 3 { add(ScatterAdd(axis: axis, size: 4), [x, positions[0]]) }
    default:
      guard isOrdered(x), size > 0 else { return }
      let sort = Sort(axis: axis, count: number(1 ..< size + 1), isDescending: chance(2))
      add(sort, [x], isExact: true)
    }
  }

  private mutating func drawBlock() {
    guard let x = drawFloat(), values[x].count > 0 else { return }
    let shape = values[x].shape
    let starts = (0 ..< shape.rank).map { _ in positions[1] }
    let sizes = shape.sizes.map { number(1 ..< $0 + 1) }
    if chance(2) {
      add(DynamicSlice(sizes: sizes), [x] + starts, isExact: true)
    } else if let block = draw({ other in
      other.rank == shape.rank && zip(other.shape.sizes, shape.sizes).allSatisfy { $0 <= $1 }
    }), values[block].elementType == elementType {
      add(DynamicUpdate(), [x, block] + starts, isExact: true)
    }
  }

  /// A loop over the rows of a value, a branch, or a loop that ends when a value is small.
  private mutating func drawLoop() {
    guard let x = drawFloat(), values[x].rank > 0, values[x].count > 0 else { return }
    let row = TensorType(elementType, Shape(Array(values[x].shape.sizes.dropFirst())))
    func program(_ types: [TensorType], _ body: ([Tensor]) -> [Tensor]) -> Program? {
      try? Program.record(types, body).get().program
    }
    let kind = number(0 ..< 3)
    if kind == 0, let start = draw({ $0.type == row }),
      let body = program([row, row], { [sin($0[0]) * 0.5 + $0[1], $0[0] * $0[1]] })
    {
      let loop = ScanLoop(
        body, carryCount: 1, elementCount: 1, length: values[x].shape[0], isReversed: chance(2))
      add(loop, [start, x], result: number(0 ..< 2))
    } else if kind == 1, let condition = draw({ $0.type == TensorType(.bool, []) }),
      let first = program([values[x].type], { [sin($0[0])] }),
      let second = program([values[x].type], { [$0[0] * 0.5] })
    {
      add(Conditional(then: first, else: second), [condition, x, x])
    } else {
      // The number of steps depends on a value that is counted down without rounding.
      let count = TensorType(.int64, [])
      guard let test = program([count, values[x].type], { [greater($0[0], 0)] }),
        let body = program([count, values[x].type], { [$0[0] - 1, cos($0[1])] })
      else { return }
      let loop = WhileLoop(while: test, do: body, carryCount: 2)
      add(loop, [positions[1], x], result: 1)
    }
  }

  /// Random bits as whole numbers below 16.
  private mutating func drawRandomBits() {
    guard let key = keys.first, let pattern = draw({ _ in true }) else { return }
    add(RandomBits(shape: values[pattern].shape), [key], isExact: true)
    add(Divide(), [values.count - 1, inputs.count + constants.count - 1], isExact: true)
    add(Cast(to: elementType), [values.count - 1], isExact: true)
  }
}
