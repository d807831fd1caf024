import CKernels
import RanvierTensors
import TestSupport
import Testing

/// Loops in chains, against the same loops step by step: the same bits.
@Suite struct StepChainsTests {
  private static let arithmetic = [
    CK_OP_ADD, CK_OP_SUBTRACT, CK_OP_MULTIPLY, CK_OP_DIVIDE, CK_OP_MAXIMUM, CK_OP_MINIMUM,
    CK_OP_POSITIVE_GATE,
  ].map(\.rawValue)
  private static let unary = [
    CK_OP_NEGATE, CK_OP_ABSOLUTE, CK_OP_SIGN, CK_OP_SQUARE_ROOT, CK_OP_RECIPROCAL_SQUARE_ROOT,
    CK_OP_FLOOR, CK_OP_CEILING, CK_OP_ROUND, CK_OP_RECTIFIED_LINEAR,
  ].map(\.rawValue)
  private static let logic = [CK_OP_BIT_AND, CK_OP_BIT_OR, CK_OP_BIT_XOR].map(\.rawValue)
  private static let comparisons = [
    CK_OP_EQUAL, CK_OP_NOT_EQUAL, CK_OP_LESS, CK_OP_LESS_OR_EQUAL, CK_OP_GREATER,
    CK_OP_GREATER_OR_EQUAL,
  ].map(\.rawValue)

  /// Elements with zeros of both signs, infinities and NaN among them.
  private static func operand(
    _ shape: Shape, _ type: ElementType, using generator: inout TestGenerator
  ) -> Tensor {
    let special = [0, -0.0, .infinity, -.infinity, .nan, 1, 1]
    let elements = (0 ..< shape.count).map { _ in
      Int.random(in: 0 ..< 4, using: &generator) > 0
        ? Double.random(in: -3 ... 3, using: &generator)
        : special.randomElement(using: &generator) ?? 0
    }
    return Tensor(elements, shape: shape).cast(to: type)
  }

  /// A loop of random steps, some of them on what each row sums to, some that no chain does.
  private static func program(
    _ type: ElementType, using generator: inout TestGenerator
  ) -> (loop: ElementLoop, inputs: [Tensor]) {
    let rows = Int.random(in: 1 ... 40, using: &generator)
    let row = [1, 3, 17, 64, 300, 1100].randomElement(using: &generator) ?? 3
    let shape: Shape = [rows, row]
    let integer: ElementType = type == .float32 ? .int32 : .int64
    let inputs =
      [shape, shape, [], [1], [row]].map { operand($0, type, using: &generator) }
      + [
        Tensor(.init(shape, .integers(0, 2), .bool), using: &generator),
        Tensor(.init([], .integers(0, 2), .bool), using: &generator),
        Tensor(.init(shape, .integers(-3, 3), integer), using: &generator),
        Tensor(.init([], .integers(-3, 3), integer), using: &generator),
      ]
    var steps: [ElementLoop.Step] = []
    /// The values with an element for each element, of numbers, truth and integers, and those with one
    /// for each row.
    var elements = [0, 1, 2, 3, 4]
    var truths = [5, 6]
    let integers = [7, 8]
    var perRow: [Int] = []
    func append(
      _ operation: ElementLoop.Operation, _ operands: [Int], _ result: ElementType,
      isPerRow: Bool = false
    ) -> Int {
      steps.append(
        .init(operation, operands: operands, resultType: result, isPerRow: isPerRow))
      return inputs.count + steps.count - 1
    }
    for _ in 0 ..< Int.random(in: 2 ... 40, using: &generator) {
      let code = arithmetic.randomElement(using: &generator) ?? 0
      // The latest value often, so that most have one reader.
      let latest = elements.last ?? 0
      let other = elements.randomElement(using: &generator) ?? 0
      let truth = truths.randomElement(using: &generator) ?? 5
      let operands = Bool.random(using: &generator) ? [latest, other] : [other, latest]
      let comparison = comparisons.randomElement(using: &generator) ?? 0
      switch Int.random(in: 0 ..< 14, using: &generator) {
      case 0:
        perRow.append(
          append(.reduce(CK_REDUCE_SUM.rawValue, type), [latest], type, isPerRow: true))
      case 1 where perRow.count > 1:
        let values = [perRow[perRow.count - 1], perRow.randomElement(using: &generator) ?? 0]
        perRow.append(append(.element(code, type), values, type, isPerRow: true))
      case 2 where !perRow.isEmpty:
        let value = perRow.randomElement(using: &generator) ?? 0
        elements.append(append(.spread(type), [value], type))
      case 3:
        truths.append(append(.element(comparison, type), operands.reversed(), .bool))
      case 4:
        truths.append(
          append(.element(comparison, integer), integers.shuffled(using: &generator), .bool))
      case 5:
        elements.append(
          append(.element(CK_OP_SELECT.rawValue, type), [truths.last ?? 5] + operands, type))
      case 6:
        truths.append(
          append(
            .element(logic.randomElement(using: &generator) ?? 0, .bool),
            [truths.last ?? 5, truth],
            .bool))
      case 7:
        truths.append(append(.element(CK_OP_BIT_NOT.rawValue, .bool), [truth], .bool))
      case 8:
        elements.append(append(.cast(from: .bool, to: type), [truth], type))
      case 13:
        elements.append(append(.element(CK_OP_MULTIPLY.rawValue, type), [latest, latest], type))
      case 9:
        elements.append(append(.element(CK_OP_REMAINDER.rawValue, type), operands, type))
      case 10:
        elements.append(
          append(.element(unary.randomElement(using: &generator) ?? 0, type), [latest], type))
      default: elements.append(append(.element(code, type), operands, type))
      }
    }
    let computed = (elements + truths).filter { $0 >= inputs.count }.map { $0 - inputs.count }
    var outputs = computed.filter { _ in Int.random(in: 0 ..< 5, using: &generator) == 0 }
    if let last = computed.last, outputs.last != last { outputs.append(last) }
    let loop = ElementLoop(
      shape: shape, rowLength: row, inputs: inputs.map(\.type), steps: steps, outputs: outputs)
    return (loop, inputs)
  }

  /// Runs a loop; a pair gives a result the memory of an operand.
  ///
  /// All NaN have the same bits.
  private static func bits(
    _ loop: ElementLoop, _ inputs: [Tensor], chains: Bool = true,
    inPlace pair: Kernel.InPlacePair? = nil
  ) -> [[UInt8]] {
    let types = loop.outputs.map { TensorType(loop.steps[$0].resultType, loop.shape) }
    let operands = inputs.map { $0.requiredStorage("test").copy() }
    var storages = types.map { Storage(byteCount: $0.byteCount) }
    if let pair { storages[pair.result] = operands[pair.operand] }
    loop.makeKernel(chains: chains).run(operands: operands, results: storages)
    return zip(types, storages).map { type, storage in
      let result = Tensor(type, storage: storage)
      let bytes = Array(UnsafeRawBufferPointer(start: storage.address, count: type.byteCount))
      guard type.elementType.isFloatingPoint else { return bytes }
      let numbers = result.cast(to: .float64).scalars(as: Double.self)
      let size = type.elementType.byteCount
      return bytes.indices.map { numbers[$0 / size].isNaN ? 255 : bytes[$0] }
    }
  }

  @Test(arguments: 0 ..< 400)
  func `random steps keep their bits`(_ round: Int) {
    var generator = TestGenerator(salt: "chains \(round)")
    let type: ElementType = round.isMultiple(of: 2) ? .float32 : .float64
    let (loop, inputs) = Self.program(type, using: &generator)
    guard !loop.outputs.isEmpty else { return }
    let expected = Self.bits(loop, inputs, chains: false)
    let isSame = Self.bits(loop, inputs) == expected
    #expect(isSame, "\(loop.steps), \(seedNote())")
    for pair in loop.makeKernel().inPlacePairs {
      let isSame = Self.bits(loop, inputs, inPlace: pair) == expected
      #expect(isSame, "\(pair) of \(loop.steps), \(seedNote())")
    }
  }

  /// The name of the kernel of a loop over [2, 4], which says how many parts run one after another.
  private static func kernelName(
    _ steps: [ElementLoop.Step], outputs: [Int], rowLength: Int = 0
  ) -> String {
    let type = TensorType(.float32, [2, 4])
    return ElementLoop(
      shape: [2, 4], rowLength: rowLength, inputs: [type, type, type], steps: steps,
      outputs: outputs
    ).makeKernel().implementation
  }

  private static func step(
    _ code: ck_op, _ operands: [Int], _ result: ElementType = .float32
  ) -> ElementLoop.Step {
    .init(.element(code.rawValue, .float32), operands: operands, resultType: result)
  }

  @Test func `arithmetic and choices run at once`() {
    let steps = [
      Self.step(CK_OP_MULTIPLY, [0, 1]), Self.step(CK_OP_LESS, [0, 3], .bool),
      Self.step(CK_OP_SELECT, [4, 3, 2]), Self.step(CK_OP_ADD, [3, 5]),
    ]
    #expect(Self.kernelName(steps, outputs: [0, 3]) == "element loop")
  }

  @Test func `steps that chains cannot do run between them`() {
    let steps = [
      Self.step(CK_OP_MULTIPLY, [0, 1]), Self.step(CK_OP_ADD, [3, 2]),
      Self.step(CK_OP_EXPONENTIAL, [4]), Self.step(CK_OP_ADD, [5, 4]),
      Self.step(CK_OP_MULTIPLY, [6, 4]),
    ]
    #expect(Self.kernelName(steps, outputs: [4]) == "element loop of 3")
  }

  @Test func `values of rows are read without being repeated`() {
    let steps: [ElementLoop.Step] = [
      .init(
        .reduce(CK_REDUCE_MAXIMUM.rawValue, .float32), operands: [0], resultType: .float32,
        isPerRow: true),
      .init(.spread(.float32), operands: [3], resultType: .float32),
      Self.step(CK_OP_SUBTRACT, [0, 4]),
    ]
    #expect(Self.kernelName(steps, outputs: [2], rowLength: 4) == "element loop of 2")
  }
}
