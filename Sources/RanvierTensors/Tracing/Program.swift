/// A function of tensors as data, inside of primitives: the body of a loop, or a branch.
///
/// Immutable and compared by identity, so that primitives which hold one are cheap to compare.
package final class Program: Sendable, Hashable {
  /// The operations; its inputs are the program's.
  package let graph: Graph
  /// The program this one computes more results of, if it was made by ``returning(_:)``.
  private let extended: Program?

  package init(_ graph: Graph) {
    self.graph = graph
    extended = nil
  }

  private init(_ graph: Graph, extending program: Program) {
    self.graph = graph
    extended = program.origin
  }

  /// The program whose operations this one has; two of the same origin differ in outputs only.
  package var origin: Program { extended ?? self }

  package var inputTypes: [TensorType] { graph.inputs.map { graph.types[Int($0)] } }
  package var outputTypes: [TensorType] { graph.outputs.map { graph.types[Int($0)] } }

  /// The same program with other results.
  package func returning(_ outputs: [Graph.ValueID]) -> Program {
    var graph = graph
    graph.outputs = outputs
    return Program(graph, extending: self)
  }

  package static func == (first: Program, second: Program) -> Bool { first === second }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// A program, and the values of enclosing recordings that it needs besides its arguments.
package struct RecordedProgram {
  package let program: Program
  /// What the inputs after the arguments stand for.
  package let captured: [Tensor]
}

extension Program {
  /// Records a function of tensors of given types.
  ///
  /// What the function uses of enclosing recordings becomes additional inputs, after the arguments.
  ///
  /// - Returns: The program, or the error of an invalid result.
  package static func record(
    _ types: [TensorType], _ function: ([Tensor]) throws -> [Tensor]
  ) rethrows -> Result<RecordedProgram, OperationError> {
    let trace = Trace(computes: false, isNested: true)
    let arguments = types.map { trace.input($0) }
    let results = try Trace.$current.withValue(trace) { try function(arguments) }
    if let error = results.lazy.compactMap(\.error).first { return .failure(error) }
    let outputs = results.map { trace.id(of: $0) }
    let captured = trace.enclosing
    var graph = trace.close()
    graph.outputs = outputs
    return .success(RecordedProgram(program: Program(graph), captured: captured))
  }

  /// Applies the program's operations to tensors, as if its function were called.
  package func replay(_ inputs: [Tensor]) -> [Tensor] {
    graph.replay(inputs) { primitive, operands in applyAll(primitive, operands) }
  }

  /// The program's results for each example of a batch.
  ///
  /// - Parameter isBatched: Which inputs have the examples along an additional first axis.
  /// - Returns: The results, and whether they have the additional axis.
  package func vectorized(
    _ inputs: [Tensor], isBatched: [Bool], size: Int
  ) -> [(tensor: Tensor, isBatched: Bool)] {
    graph.replay(
      zip(inputs, isBatched).map { (tensor: $0, isBatched: $1) }, constant: { ($0, false) }
    ) { primitive, operands in
      let tensors = operands.map(\.tensor)
      guard operands.contains(where: \.isBatched) else {
        return applyAll(primitive, tensors).map { ($0, false) }
      }
      if let error = tensors.lazy.compactMap(\.error).first {
        return [(Tensor, Bool)](
          repeating: (Tensor(invalid: error), true), count: primitive.resultCount)
      }
      let batch = BatchedApplication(
        operands: tensors, isBatched: operands.map(\.isBatched), size: size)
      return primitive.vectorized(batch).map { ($0, true) }
    }
  }

  /// The results in the plainest possible way, in double precision.
  package func evaluate(_ inputs: [ReferenceArray]) -> [ReferenceArray] {
    var values: [ReferenceArray?] = graph.sources.map { source in
      switch source {
      case .input(let index): inputs[index]
      case .constant(let tensor): ReferenceArray(tensor)
      case .node: nil
      }
    }
    for node in graph.nodes {
      let types = node.results.map { graph.types[Int($0)] }
      let results = node.primitive.evaluate(node.operands.compactMap { values[Int($0)] }, types)
      for (id, result) in zip(node.results, results) { values[Int(id)] = result }
    }
    return graph.outputs.compactMap { values[Int($0)] }
  }
}

extension Graph {
  /// Computes the outputs from values of any kind, node by node.
  private func values<Value>(
    _ inputs: [Value], constant: (Tensor) -> Value,
    apply: (any Primitive, [Value]) -> [Value]
  ) -> [Value?] {
    var values: [Value?] = sources.map { source in
      switch source {
      case .input(let index): inputs[index]
      case .constant(let tensor): constant(tensor)
      case .node: nil
      }
    }
    for node in nodes {
      let results = apply(node.primitive, node.operands.compactMap { values[Int($0)] })
      for (id, result) in zip(node.results, results) { values[Int(id)] = result }
    }
    return values
  }

  fileprivate func replay<Value>(
    _ inputs: [Value], constant: (Tensor) -> Value,
    apply: (any Primitive, [Value]) -> [Value]
  ) -> [Value] {
    let values = values(inputs, constant: constant, apply: apply)
    return outputs.compactMap { values[Int($0)] }
  }

  fileprivate func replay(
    _ inputs: [Tensor], apply: (any Primitive, [Tensor]) -> [Tensor]
  ) -> [Tensor] {
    replay(inputs, constant: { $0 }, apply: apply)
  }
}
