internal import CKernels

/// One of two programs, chosen by a value.
///
/// Operands: a bool scalar, the inputs of the first program, the inputs of the second.
package struct Conditional: ControlFlowPrimitive {
  package let thenProgram: Program
  package let elseProgram: Program

  package init(then thenProgram: Program, else elseProgram: Program) {
    self.thenProgram = thenProgram
    self.elseProgram = elseProgram
  }

  package var name: String { "conditional" }
  package var spelling: String { "cond" }
  package var description: String {
    "conditional of \(thenProgram.graph.nodes.count) or \(elseProgram.graph.nodes.count) operations"
  }
  package var programs: [Program] { [thenProgram, elseProgram] }
  package var resultCount: Int { thenProgram.graph.outputs.count }

  private var thenInputs: Range<Int> { 1 ..< 1 + thenProgram.graph.inputs.count }
  private var elseInputs: Range<Int> {
    thenInputs.upperBound ..< thenInputs.upperBound + elseProgram.graph.inputs.count
  }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    guard operands[0] == TensorType(.bool, []) else {
      throw OperationError(
        operation: spelling, rule: "a condition that is one bool", got: "\(operands[0])",
        hint: operands[0].elementType == .bool ? "combine the elements with all() or any()" : "")
    }
    guard Array(operands.dropFirst()) == thenProgram.inputTypes + elseProgram.inputTypes,
      thenProgram.outputTypes == elseProgram.outputTypes
    else {
      throw OperationError(
        operation: spelling, rule: "branches of the same result types",
        got: "\(thenProgram.outputTypes) and \(elseProgram.outputTypes)")
    }
    return thenProgram.outputTypes
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    let outputs = thenProgram.outputTypes.indices.filter {
      application.isUsed[$0] && thenProgram.outputTypes[$0].elementType.isFloatingPoint
    }
    let thenNeeded = thenInputs.filter { application.isNeeded[$0] }
    let elseNeeded = elseInputs.filter { application.isNeeded[$0] }
    let types = application.operands.map(\.type)
    func zeros(_ positions: [Int]) -> [Tensor] {
      positions.map { Tensor.zeros(types[$0].shape, elementType: types[$0].elementType) }
    }
    // The branch that was not taken contributes zeros.
    func derivative(
      _ program: Program, _ inputs: Range<Int>, _ needed: [Int], _ wrap: ([Tensor]) -> [Tensor]
    ) -> Program {
      let pulledBack = program.pulledBack(
        of: outputs, withRespectTo: needed.map { $0 - inputs.lowerBound })
      return .recorded(pulledBack.inputTypes) { wrap(pulledBack.replay($0)) }
    }
    let conditional = Conditional(
      then: derivative(thenProgram, thenInputs, thenNeeded) { $0 + zeros(elseNeeded) },
      else: derivative(elseProgram, elseInputs, elseNeeded) { zeros(thenNeeded) + $0 })
    let given = outputs.map { application.cotangents[$0] }
    let results = applyAll(
      conditional,
      [application.operands[0]] + application.operands[thenInputs] + given
        + application.operands[elseInputs] + given)
    var cotangents = [Tensor?](repeating: nil, count: types.count)
    for (position, result) in zip(thenNeeded + elseNeeded, results) {
      cotangents[position] = result
    }
    return cotangents
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    func results(_ program: Program, _ inputs: Range<Int>) -> Program {
      let isBatched = Array(batch.isBatched[inputs])
      let types = zip(program.inputTypes, isBatched).map { $1 ? $0.stacked(batch.size) : $0 }
      return .recorded(types) { tensors in
        program.vectorized(tensors, isBatched: isBatched, size: batch.size).map { result in
          result.isBatched
            ? result.tensor
            : result.tensor.broadcast(to: Shape([batch.size] + result.tensor.shape.sizes))
        }
      }
    }
    let (first, second) = (results(thenProgram, thenInputs), results(elseProgram, elseInputs))
    guard batch.isBatched[0] else {
      return applyAll(Conditional(then: first, else: second), batch.operands)
    }
    // Examples take different branches: both are computed, and each example chooses.
    let both = zip(
      first.replay(Array(batch.operands[thenInputs])),
      second.replay(Array(batch.operands[elseInputs])))
    return both.map { chosen, other in
      let condition = batch.operands[0].reshaped(
        to: Shape([batch.size] + [Int](repeating: 1, count: chosen.rank - 1)))
      return select(condition, chosen, other)
    }
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    operands[0].elements[0] != 0
      ? thenProgram.evaluate(Array(operands[thenInputs]))
      : elseProgram.evaluate(Array(operands[elseInputs]))
  }

  package func makeKernel(
    _ operands: [TensorType], _ results: [TensorType], programs: [Kernel]
  ) -> Kernel {
    let (thenInputs, elseInputs) = (thenInputs, elseInputs)
    let (inputs, outputs) = (operands.count, results.count)
    let (chosen, other) = (programs[0], programs[1])
    var layout = ScratchLayout()
    let table = layout.appendTable(inputs + outputs + 1)
    let programScratch = layout.append(Swift.max(chosen.scratchBytes, other.scratchBytes))
    return Kernel("conditional", scratchBytes: layout.byteCount) { arguments in
      let scratch = arguments[inputs + outputs]
      let isTrue = arguments[0].load(as: UInt8.self) != 0
      let range = isTrue ? thenInputs : elseInputs
      let pointers = scratch.table(at: table, count: inputs + outputs + 1)
      for index in range { pointers[index - range.lowerBound] = arguments[index] }
      for index in 0 ..< outputs { pointers[range.count + index] = arguments[inputs + index] }
      pointers[range.count + outputs] = scratch + programScratch
      (isTrue ? chosen : other).body(KernelArguments(base: pointers))
    }
  }

  package static var samples: [PrimitiveSample] {
    let vector = TensorType(.float64, [3])
    let scalar = TensorType(.float64, [])
    let conditional = Conditional(
      then: .recorded([vector, scalar]) { [sin($0[0]) * $0[1], $0[1]] },
      else: .recorded([vector]) { [$0[0] * $0[0], $0[0].sum()] })
    return [0, 1].map { condition in
      PrimitiveSample(
        conditional,
        [.init([], .integers(condition, condition), .bool), .init([3]), .init([]), .init([3])])
    }
  }
}

/// One of two results, chosen by a condition that may not be known yet.
///
/// Where the condition is known, only the closure it chooses is called. Inside a function that is
/// being compiled both are recorded, and each run carries out one of them; `select` chooses element
/// by element instead. Differentiable in what the branches use.
///
///     let y = cond(less(x.mean(), 0), then: { -x }, else: { sqrt(x) })
///
/// - Parameter condition: One element of type bool.
/// - Returns: The result of the chosen branch; invalid tensors if the condition is not one bool, or
///   if the results of the branches differ in types.
public func cond<Output: TensorTree>(
  _ condition: Tensor, then first: () throws -> Output, else second: () throws -> Output
) rethrows -> Output {
  if condition.type == TensorType(.bool, []), condition.isConcrete, condition.error == nil {
    return try condition.scalar(as: Bool.self) ? first() : second()
  }
  var results: (Output?, Output?)
  let thenRecorded = try Program.record([]) { _ in
    let result = try first()
    results.0 = result
    return result.tensors
  }
  let elseRecorded = try Program.record([]) { _ in
    let result = try second()
    results.1 = result
    return result.tensors
  }
  guard let template = results.0, let other = results.1 else {
    fatalError("cond recorded no branches")
  }
  func invalid(_ error: OperationError) -> Output {
    template.mapTensors { _ in Tensor(invalid: error) }
  }
  do {
    if let error = condition.error { return invalid(error) }
    let (chosen, alternative) = (try thenRecorded.get(), try elseRecorded.get())
    try requireSameStructure(
      other, as: template, operation: "cond", what: "an else branch with a result",
      origin: "the then branch has")
    let conditional = Conditional(then: chosen.program, else: alternative.program)
    return template.replacingTensors(
      with: applyAll(conditional, [condition] + chosen.captured + alternative.captured))
  } catch {
    return invalid(error)
  }
}
