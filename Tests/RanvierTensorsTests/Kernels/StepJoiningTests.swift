import CKernels
import RanvierTensors
import TestSupport
import Testing

/// Joined steps, against the same loops step by step: the same bits.
@Suite struct StepJoiningTests {
  private static let arithmetic = [
    CK_OP_ADD, CK_OP_SUBTRACT, CK_OP_MULTIPLY, CK_OP_DIVIDE, CK_OP_MAXIMUM, CK_OP_MINIMUM,
  ].map(\.rawValue)
  private static let comparisons = [
    CK_OP_EQUAL, CK_OP_NOT_EQUAL, CK_OP_LESS, CK_OP_LESS_OR_EQUAL, CK_OP_GREATER,
    CK_OP_GREATER_OR_EQUAL,
  ].map(\.rawValue)

  private static func operand(
    _ shape: Shape, _ type: ElementType, using generator: inout TestGenerator
  ) -> Tensor {
    Tensor(.init(shape, .uniform(-3, 3), type), using: &generator)
  }

  /// A loop of random arithmetic, some of it on what each row sums to.
  private static func program(
    _ type: ElementType, using generator: inout TestGenerator
  ) -> (loop: ElementLoop, inputs: [Tensor]) {
    let rows = Int.random(in: 1 ... 40, using: &generator)
    let row = [3, 17, 64, 300].randomElement(using: &generator) ?? 3
    let shape: Shape = [rows, row]
    let inputs = (0 ..< 3).map { _ in operand(shape, type, using: &generator) }
    var steps: [ElementLoop.Step] = []
    /// The values with an element for each element, and those with one for each row.
    var elements = Array(inputs.indices)
    var perRow: [Int] = []
    func append(_ step: ElementLoop.Step) -> Int {
      steps.append(step)
      return inputs.count + steps.count - 1
    }
    for _ in 0 ..< Int.random(in: 2 ... 12, using: &generator) {
      let code = arithmetic.randomElement(using: &generator) ?? 0
      // The latest value often, so that most have one reader.
      let latest = elements.last ?? 0
      let other = elements.randomElement(using: &generator) ?? 0
      let operands = Bool.random(using: &generator) ? [latest, other] : [other, latest]
      switch Int.random(in: 0 ..< 8, using: &generator) {
      case 0:
        perRow.append(
          append(
            .init(
              .reduce(CK_REDUCE_SUM.rawValue, type), operands: [latest], resultType: type,
              isPerRow: true)))
      case 1 where perRow.count > 1:
        let values = [perRow[perRow.count - 1], perRow.randomElement(using: &generator) ?? 0]
        perRow.append(
          append(.init(.element(code, type), operands: values, resultType: type, isPerRow: true)))
      case 2 where !perRow.isEmpty:
        let value = perRow.randomElement(using: &generator) ?? 0
        elements.append(append(.init(.spread(type), operands: [value], resultType: type)))
      case 3, 4:
        let comparison = comparisons.randomElement(using: &generator) ?? 0
        let truth = append(
          .init(.element(comparison, type), operands: operands.reversed(), resultType: .bool))
        elements.append(
          append(
            .init(
              .element(CK_OP_SELECT.rawValue, type), operands: [truth] + operands,
              resultType: type)))
      default:
        elements.append(append(.init(.element(code, type), operands: operands, resultType: type)))
      }
    }
    let computed = elements.filter { $0 >= inputs.count }.map { $0 - inputs.count }
    var outputs = computed.filter { _ in Int.random(in: 0 ..< 5, using: &generator) == 0 }
    if let last = computed.last, outputs.last != last { outputs.append(last) }
    let loop = ElementLoop(
      shape: shape, rowLength: row, inputs: inputs.map(\.type), steps: steps, outputs: outputs)
    return (loop, inputs)
  }

  /// Runs a loop; a pair gives a result the memory of an operand.
  private static func bits(
    _ loop: ElementLoop, _ inputs: [Tensor], inPlace pair: Kernel.InPlacePair? = nil
  ) -> [[UInt8]] {
    let types = loop.outputs.map { output in
      let step = loop.steps[output]
      return TensorType(step.resultType, step.isPerRow ? [loop.shape[0]] : loop.shape)
    }
    let operands = inputs.map { $0.requiredStorage("test").copy() }
    var storages = types.map { Storage(byteCount: $0.byteCount) }
    if let pair { storages[pair.result] = operands[pair.operand] }
    loop.makeKernel().run(operands: operands, results: storages)
    return zip(types, storages).map { type, storage in
      Array(UnsafeRawBufferPointer(start: storage.address, count: type.byteCount))
    }
  }

  @Test(arguments: 0 ..< 200)
  func `random arithmetic keeps its bits`(_ round: Int) {
    var generator = TestGenerator(salt: "joining \(round)")
    let type: ElementType = round.isMultiple(of: 2) ? .float32 : .float64
    let (loop, inputs) = Self.program(type, using: &generator)
    guard !loop.outputs.isEmpty else { return }
    let joined = loop.joiningSteps()
    let expected = Self.bits(loop, inputs)
    #expect(Self.bits(joined, inputs) == expected, "\(loop.steps), \(seedNote())")
    for pair in joined.makeKernel().inPlacePairs {
      #expect(Self.bits(joined, inputs, inPlace: pair) == expected, "\(pair), \(seedNote())")
    }
  }

  private static func loop(
    _ steps: [ElementLoop.Step], outputs: [Int], rowLength: Int = 0
  ) -> ElementLoop {
    let type = TensorType(.float32, [2, 4])
    return ElementLoop(
      shape: [2, 4], rowLength: rowLength, inputs: [type, type, type], steps: steps,
      outputs: outputs)
  }

  private static func step(_ code: ck_op, _ operands: [Int]) -> ElementLoop.Step {
    .init(.element(code.rawValue, .float32), operands: operands, resultType: .float32)
  }

  @Test func `a product and a sum become one step`() {
    let loop = Self.loop(
      [Self.step(CK_OP_MULTIPLY, [0, 1]), Self.step(CK_OP_SUBTRACT, [2, 3])], outputs: [1])
    let expected = ElementLoop.Operation.pair(
      CK_OP_MULTIPLY.rawValue, CK_OP_SUBTRACT.rawValue, fromRight: true, .float32)
    #expect(loop.joiningSteps().steps.map(\.operation) == [expected])
    #expect(loop.joiningSteps().steps[0].operands == [0, 1, 2])
  }

  @Test func `a comparison and the choice by it become one step`() {
    let comparison = ElementLoop.Step(
      .element(CK_OP_LESS.rawValue, .float32), operands: [0, 1], resultType: .bool)
    let loop = Self.loop([comparison, Self.step(CK_OP_SELECT, [3, 2, 0])], outputs: [1])
    let expected = ElementLoop.Operation.choice(
      CK_OP_LESS.rawValue, compared: .float32, chosen: .float32)
    #expect(loop.joiningSteps().steps.map(\.operation) == [expected])
    #expect(loop.joiningSteps().steps[0].operands == [0, 1, 2, 0])
  }

  @Test func `a choice of larger elements than were compared stays two steps`() {
    let type = TensorType(.float32, [2, 4])
    let wide = TensorType(.float64, [2, 4])
    let loop = ElementLoop(
      shape: [2, 4], inputs: [type, type, wide],
      steps: [
        .init(.element(CK_OP_LESS.rawValue, .float32), operands: [0, 1], resultType: .bool),
        .init(
          .element(CK_OP_SELECT.rawValue, .float64), operands: [3, 2, 2], resultType: .float64),
      ], outputs: [1])
    #expect(loop.joiningSteps() == loop)
  }

  @Test func `a result that is read twice or written stays a step`() {
    let product = Self.step(CK_OP_MULTIPLY, [0, 1])
    let twice = Self.loop([product, Self.step(CK_OP_ADD, [3, 3])], outputs: [1])
    #expect(twice.joiningSteps() == twice)
    let written = Self.loop([product, Self.step(CK_OP_ADD, [3, 2])], outputs: [0, 1])
    #expect(written.joiningSteps() == written)
  }

  @Test func `nothing is read later than an output that may take its place`() {
    let loop = Self.loop(
      [
        Self.step(CK_OP_MULTIPLY, [0, 1]), Self.step(CK_OP_REMAINDER, [0, 2]),
        Self.step(CK_OP_ADD, [3, 2]),
      ], outputs: [1, 2])
    #expect(loop.joiningSteps() == loop)
  }

  @Test func `arithmetic reads the values of rows without spreading them`() {
    let loop = Self.loop(
      [
        .init(
          .reduce(CK_REDUCE_MAXIMUM.rawValue, .float32), operands: [0], resultType: .float32,
          isPerRow: true),
        .init(.spread(.float32), operands: [3], resultType: .float32),
        Self.step(CK_OP_SUBTRACT, [0, 4]),
      ], outputs: [2], rowLength: 4)
    let joined = loop.joiningSteps()
    #expect(
      joined.steps.last?.operation
        == .rowOperand(CK_OP_SUBTRACT.rawValue, rowFirst: false, .float32))
    #expect(joined.steps.count == 2)
    #expect(joined.outputs == [1])
  }

  /// A loop that sums the products of two inputs along rows, and what it computes.
  private static func sumOfProducts(
    rowLength: Int, _ type: ElementType, using generator: inout TestGenerator
  ) -> (loop: ElementLoop, inputs: [Tensor]) {
    let shape: Shape = [5, rowLength]
    let inputs = (0 ..< 2).map { _ in operand(shape, type, using: &generator) }
    let loop = ElementLoop(
      shape: shape, rowLength: rowLength, inputs: inputs.map(\.type),
      steps: [
        .init(.element(CK_OP_MULTIPLY.rawValue, type), operands: [0, 1], resultType: type),
        .init(
          .reduce(CK_REDUCE_SUM.rawValue, type), operands: [2], resultType: type, isPerRow: true),
      ], outputs: [1])
    return (loop, inputs)
  }

  @Test(arguments: [8, 16, 17, 64, 300, 8192], [ElementType.float32, .float64])
  func `sums of products keep their bits`(_ rowLength: Int, _ type: ElementType) {
    var generator = TestGenerator(salt: "sums of products \(rowLength)")
    let (loop, inputs) = Self.sumOfProducts(rowLength: rowLength, type, using: &generator)
    let joined = loop.joiningSteps()
    #expect(joined.steps.count == (rowLength * type.byteCount < 64 ? 2 : 1))
    #expect(Self.bits(joined, inputs) == Self.bits(loop, inputs), "\(seedNote())")
  }

  @Test func `products of rows too short or too long for that stay steps`() {
    var generator = TestGenerator(salt: "rows")
    for (rowLength, type) in [(15, ElementType.float32), (8193, .float32), (64, .int32)] {
      let loop = Self.sumOfProducts(rowLength: rowLength, type, using: &generator).loop
      #expect(loop.joiningSteps() == loop)
    }
  }
}
