/// A program with a derivative of its own.
package struct CustomDerivative: ControlFlowPrimitive {
  /// What maps operands, results and the cotangents of the results to the cotangents of the
  /// operands; compared by identity.
  package final class Rule: Sendable, Hashable {
    let pullback: @Sendable (Application) -> [Tensor?]

    package init(_ pullback: @escaping @Sendable (Application) -> [Tensor?]) {
      self.pullback = pullback
    }

    package static func == (first: Rule, second: Rule) -> Bool { first === second }
    package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
  }

  /// The computation; the compiler replaces the primitive by it once derivatives have been taken.
  package let program: Program
  package let rule: Rule

  package init(_ program: Program, _ rule: Rule) {
    self.program = program
    self.rule = rule
  }

  package var name: String { "custom_derivative" }
  package var spelling: String { "withDerivative" }
  package var description: String { "custom_derivative of \(program.graph.nodes.count) operations" }
  package var programs: [Program] { [program] }
  package var resultCount: Int { program.graph.outputs.count }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    guard operands == program.inputTypes else {
      throw OperationError(
        operation: spelling, rule: "operands of the types it was recorded for",
        got: "\(operands) instead of \(program.inputTypes)")
    }
    return program.outputTypes
  }

  package func pullback(_ application: Application) -> [Tensor?] { rule.pullback(application) }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    // Both the computation and its derivative run for a batch, so that the derivative is kept.
    let types = zip(program.inputTypes, batch.isBatched).map { $1 ? $0.stacked(batch.size) : $0 }
    let (size, isBatched) = (batch.size, batch.isBatched)
    let (program, rule) = (program, rule)
    let vectorized = Program.recorded(types) { inputs in
      program.vectorized(inputs, isBatched: isBatched, size: size).map {
        $0.isBatched ? $0.tensor : $0.tensor.repeated(size)
      }
    }
    let vectorizedRule = Rule { application in
      let (operandCount, resultCount) = (application.operands.count, application.results.count)
      let (isUsed, isNeeded) = (application.isUsed, application.isNeeded)
      var exists: [Bool] = []
      let derivative = Program.recorded(
        program.inputTypes + program.outputTypes + program.outputTypes
      ) { inputs in
        let cotangents = rule.pullback(
          Application(
            operands: Array(inputs[..<operandCount]),
            results: Array(inputs[operandCount ..< operandCount + resultCount]),
            cotangents: Array(inputs[(operandCount + resultCount)...]), isUsed: isUsed,
            isNeeded: isNeeded))
        exists = cotangents.map { $0 != nil }
        return cotangents.compactMap(\.self)
      }
      let all = [Bool](repeating: true, count: resultCount)
      var results = derivative.vectorized(
        application.operands + application.results + application.cotangents,
        isBatched: isBatched + all + all, size: size
      ).makeIterator()
      return exists.indices.map { index in
        guard exists[index], let result = results.next() else { return nil }
        let batched = result.isBatched ? result.tensor : result.tensor.repeated(size)
        return isBatched[index] ? batched : batched.sum(alongAxes: [0])
      }
    }
    return applyAll(CustomDerivative(vectorized, vectorizedRule), batch.operands)
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] { program.evaluate(operands) }

  package func makeKernel(
    _ operands: [TensorType], _ results: [TensorType], programs: [Kernel]
  ) -> Kernel { programs[0] }

  package static var samples: [PrimitiveSample] {
    // The true derivative, so that finite differences apply.
    let rule = Rule { [2 * $0.operand * $0.cotangent] }
    return [
      PrimitiveSample(
        CustomDerivative(.recorded([TensorType(.float64, [3])]) { [$0[0] * $0[0]] }, rule),
        [.init([3])])
    ]
  }
}

extension Tensor {
  /// Copies along an additional first axis.
  fileprivate func repeated(_ count: Int) -> Tensor {
    broadcast(to: Shape([count] + shape.sizes))
  }
}
