import CKernels
import RanvierTensors
import TestSupport
import Testing

/// Element loops of several steps, against the same steps one by one.
@Suite struct ElementLoopTests {
  /// A random program: its loop, its inputs and the value of each step.
  private struct Program {
    var loop: ElementLoop
    var inputs: [Tensor]
    var stepValues: [Tensor]

    init(using generator: inout TestGenerator) {
      let shape =
        [[7], [3, 1100], [2, 3, 5], [2500]].map { Shape($0) }.randomElement(using: &generator) ?? [
          7
        ]
      let types: [ElementType] = [.bool, .uint8, .int32, .float16, .float32, .float64]
      inputs = (0 ..< Int.random(in: 1 ... 4, using: &generator)).map { _ in
        // Dense, one element, or one row.
        let layouts = [shape, shape, [], Shape([shape[-1]])]
        let operand = PrimitiveSample.Operand(
          layouts.randomElement(using: &generator) ?? shape, .integers(0, 5),
          types.randomElement(using: &generator) ?? .float32)
        return Tensor(operand, using: &generator)
      }
      var values = inputs.map { $0.broadcast(to: shape) }
      var steps: [ElementLoop.Step] = []
      for _ in 0 ..< Int.random(in: 1 ... 14, using: &generator) {
        let last = values.count - 1
        // Recent values are used often, so that registers are taken over early.
        let first =
          Bool.random(using: &generator) ? last : Int.random(in: 0 ... last, using: &generator)
        let type = values[first].elementType
        let alike = values.indices.filter { values[$0].elementType == type }
        let second = alike.randomElement(using: &generator) ?? first
        let conditions = values.indices.filter { values[$0].elementType == .bool }
        let operation: ElementLoop.Operation
        var operands = [first, second]
        let result: Tensor
        switch Int.random(in: 0 ..< 4, using: &generator) {
        case 0 where type != .bool:
          operation = .element(CK_OP_ADD.rawValue, type)
          result = apply(Add(), [values[first], values[second]])
        case 1:
          operation = .element(CK_OP_LESS.rawValue, type)
          result = apply(Less(), [values[first], values[second]])
        case 2 where !conditions.isEmpty:
          let condition = conditions.randomElement(using: &generator) ?? 0
          operation = .element(CK_OP_SELECT.rawValue, type)
          operands = [condition, first, second]
          result = apply(Select(), [values[condition], values[first], values[second]])
        default:
          let target = types.randomElement(using: &generator) ?? .float64
          operation = .cast(from: type, to: target)
          operands = [first]
          result = apply(Cast(to: target), [values[first]])
        }
        steps.append(.init(operation, operands: operands, resultType: result.elementType))
        values.append(result)
      }
      stepValues = Array(values[inputs.count...])
      var outputs = steps.indices.filter { _ in Int.random(in: 0 ..< 4, using: &generator) == 0 }
      if outputs.last != steps.count - 1 { outputs.append(steps.count - 1) }
      loop = ElementLoop(
        shape: shape, inputs: inputs.map(\.type), steps: steps,
        outputs: outputs.shuffled(using: &generator))
    }

    /// Runs the loop; `pair` gives a result the memory of an operand.
    func results(inPlace pair: Kernel.InPlacePair? = nil) -> [Tensor] {
      let kernel = loop.makeKernel()
      // Copies, so that the inputs stay as they are.
      let operands = inputs.map { $0.requiredStorage("test").copy() }
      let types = loop.outputs.map { TensorType(loop.steps[$0].resultType, loop.shape) }
      var storages = types.map { Storage(byteCount: $0.byteCount) }
      if let pair { storages[pair.result] = operands[pair.operand] }
      kernel.run(operands: operands, results: storages)
      return zip(types, storages).map { Tensor($0, storage: $1) }
    }
  }

  @Test(arguments: 0 ..< 300)
  func `random programs equal their steps one by one`(_ round: Int) {
    var generator = TestGenerator(salt: "loop \(round)")
    let program = Program(using: &generator)
    let note = "\(program.loop.steps.count) steps, outputs \(program.loop.outputs), \(seedNote())"
    let expected = program.loop.outputs.map { program.stepValues[$0] }
    #expect(program.results() == expected, "\(note)")
    for pair in program.loop.makeKernel().inPlacePairs {
      #expect(program.results(inPlace: pair) == expected, "\(pair) of \(note)")
    }
  }
}
