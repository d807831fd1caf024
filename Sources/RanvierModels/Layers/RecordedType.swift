internal import RanvierTensors

/// The type of what a function makes of tensors of given types, found by recording it.
///
/// - Parameter isUsers: Whether the function belongs to the program, so that a line in it helps.
func recordedType(
  _ types: [TensorType], isUsers: Bool = false, _ function: ([Tensor]) -> Tensor
) throws(LayerProblem) -> TensorType {
  let trace = Trace(computes: false)
  defer { _ = trace.close() }
  let output = Trace.$current.withValue(trace) { function(types.map { trace.input($0) }) }
  if let error = output.error {
    let rule = isUsers ? error.ruleWithPlace : "\(error.rule) (in \(error.operation))"
    throw LayerProblem(rule, got: error.got, hint: error.hint)
  }
  return output.type
}

extension OperationError {
  /// The rule, and the operation that broke it with its line in the program.
  var ruleWithPlace: String {
    "\(rule) (in \(operation)\(location.map { " at \($0)" } ?? ""))"
  }
}

extension LayerInput {
  /// A type with these sizes, open ones chosen.
  func type(openSize: Int = 3) -> TensorType {
    TensorType(elementType, shape.filled(with: openSize))
  }

  /// Checks that the elements are floating-point numbers.
  func checkFloatingPoint() throws(LayerProblem) {
    guard elementType.isFloatingPoint else {
      throw LayerProblem(
        "floating-point numbers", got: "\(self)",
        hint: "declare the input as f32 and convert the data")
    }
  }

  /// Checks that the elements are numbers.
  func checkNumbers() throws(LayerProblem) {
    guard elementType != .bool else {
      throw LayerProblem(
        "numbers", got: "\(self)", hint: "declare the input as f32 and convert the data")
    }
  }
}
