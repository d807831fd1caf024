/// A function with a derivative of its own: for a more stable or cheaper formula, for a function
/// that has none, or for one that should have another.
///
///     let squared = withDerivative(of: { x in x * x }) { x, y, cotangent in 2 * x * cotangent }
///     let rounded = withDerivative(of: { round($0) }) { _, _, cotangent in cotangent }
///
/// Whatever is built from the result uses the derivative. Written with tensor operations, it can be
/// differentiated again. What `function` uses besides its argument is constant for derivatives.
/// Outside of compiled functions it is called on known values and may look at them.
///
/// - Parameters:
///   - function: The computation.
///   - pullback: Maps the argument, the result and the cotangent of the result to the cotangent of
///     the argument, whose tensors have the shapes of the argument's.
public func withDerivative<Input: TensorTree, Output: TensorTree>(
  of function: @escaping @Sendable (Input) -> Output,
  pullback: @escaping @Sendable (_ input: Input, _ output: Output, _ cotangent: Output) -> Input
) -> @Sendable (Input) -> Output {
  { input in
    let operands = input.tensors
    guard operands.contains(where: { $0.openTrace != nil }) else { return function(input) }
    func rule(_ template: Output) -> CustomDerivative.Rule {
      CustomDerivative.Rule { application in
        let result = pullback(
          input.replacingTensors(with: Array(application.operands.prefix(operands.count))),
          template.replacingTensors(with: application.results),
          template.replacingTensors(with: application.cotangents))
        return checked(result, input.tensors.map(\.type))
          + application.operands.dropFirst(operands.count).map { _ in nil }
      }
    }
    if !Trace.isRecording, operands.allSatisfy(\.isConcrete) {
      // The function runs on known values, outside of the recording.
      let known = input.mapTensors(\.withoutTrace)
      let output = Trace.$current.withValue(nil) { function(known) }
      let results = output.tensors
      if results.contains(where: { !$0.isConcrete }) { return output }
      guard let trace = operands.compactMap(\.openTrace).max(by: { $0.number < $1.number }) else {
        return output
      }
      // The program only stands for the results' types: the values are known.
      var graph = Graph()
      _ = operands.map { graph.appendInput($0.type) }
      graph.outputs = results.map { graph.appendConstant($0.withoutTrace) }
      return output.replacingTensors(
        with: trace.record(
          CustomDerivative(Program(graph), rule(output)), operands, results.map(\.type),
          known: results.map { $0.requiredStorage("withDerivative(of:pullback:)") }))
    }
    return recorded(input, function) { rule($0) }
  }
}

/// A function whose intermediate results are not kept for its derivative, but computed again.
///
/// Saves memory where a function is deep and cheap: `checkpointed { x in block(x) }(x)`. The result
/// and all derivatives are the same as without. The function is called with tensors that record
/// what is done with them, so it cannot look at values; what it uses besides its argument is
/// differentiated as usual.
public func checkpointed<Input: TensorTree, Output: TensorTree>(
  _ function: @escaping @Sendable (Input) -> Output
) -> @Sendable (Input) -> Output {
  { input in
    guard Trace.isRecording || input.tensors.contains(where: { $0.openTrace != nil }) else {
      return function(input)
    }
    return recorded(input, function) { _ in nil }
  }
}

/// Applies a function as one primitive with a derivative of its own, or with one that computes it
/// again.
private func recorded<Input: TensorTree, Output: TensorTree>(
  _ input: Input, _ function: (Input) -> Output, _ rule: (Output) -> CustomDerivative.Rule?
) -> Output {
  var template: Output?
  if let error = input.tensors.lazy.compactMap(\.error).first {
    return function(input).mapTensors { $0.error == nil ? Tensor(invalid: error) : $0 }
  }
  let recorded = Program.record(input.tensors.map(\.type)) {
    let output = function(input.replacingTensors(with: $0))
    template = output
    return output.tensors
  }
  guard let template else { fatalError("a function with a derivative of its own was not called") }
  switch recorded {
  case .failure(let error): return template.mapTensors { _ in Tensor(invalid: error) }
  case .success(let body):
    let rule = rule(template) ?? .recomputing(body.program)
    return template.replacingTensors(
      with: applyAll(CustomDerivative(body.program, rule), input.tensors + body.captured))
  }
}

extension CustomDerivative.Rule {
  /// The derivative of a program that is carried out again when it is needed.
  fileprivate static func recomputing(_ program: Program) -> CustomDerivative.Rule {
    CustomDerivative.Rule { application in
      let used = application.isUsed.indices.filter {
        application.isUsed[$0] && application.results[$0].elementType.isFloatingPoint
      }
      let needed = application.isNeeded.indices.filter { application.isNeeded[$0] }
      let cotangents = used.map { application.cotangents[$0] }
      // The second computation waits for the cotangents, and so for everything after the first.
      let inputs = applyAll(
        Barrier(count: application.operands.count + used.count),
        application.operands + cotangents)
      let derivative = program.pulledBack(of: used, withRespectTo: needed)
      var result = [Tensor?](repeating: nil, count: application.operands.count)
      for (index, cotangent) in zip(needed, derivative.replay(inputs)) {
        result[index] = cotangent
      }
      return result
    }
  }
}

/// The cotangents that a user's pullback returned, or an error if they do not fit the operands.
private func checked(_ tree: some TensorTree, _ types: [TensorType]) -> [Tensor?] {
  let cotangents = tree.tensors
  func invalid(_ got: String) -> [Tensor?] {
    let error = OperationError(
      operation: "withDerivative(of:pullback:)",
      rule: "a pullback that returns a cotangent of each operand's shape", got: got)
    return types.map { _ in Tensor(invalid: error) }
  }
  guard cotangents.count == types.count else {
    return invalid("\(cotangents.count) cotangents for \(types.count) operands")
  }
  for (cotangent, type) in zip(cotangents, types)
  where cotangent.error == nil && cotangent.shape != type.shape {
    return invalid("\(cotangent.shape) for an operand of shape \(type.shape)")
  }
  return zip(cotangents, types).map { cotangent, type in
    type.elementType.isFloatingPoint ? cotangent.cast(to: type.elementType) : nil
  }
}

extension Tensor {
  /// The same elements as a tensor that no recording knows.
  package var withoutTrace: Tensor {
    guard case .traced(let value) = content, let storage = value.storage else { return self }
    return Tensor(type, storage: storage)
  }
}
