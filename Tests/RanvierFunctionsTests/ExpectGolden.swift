import RanvierTensors
import TestSupport
import Testing

/// Expects a function of a golden case's tensors to give the case's output, and its pullback the
/// case's gradients.
///
/// - Parameters:
///   - tensors: The tensors of the case.
///   - inputs: The names of the function's arguments; their gradients are named `<input>_gradient`.
///   - output: The name of the function's value.
///   - relative: The tolerance relative to the expected value.
///   - absolute: The tolerance that is added to it.
///   - comment: What failures begin with.
///   - sourceLocation: Where failures are reported.
///   - function: What the case describes.
func expectGolden(
  _ tensors: Parameters, inputs: [String], output: String = "output",
  relative: Double = 1e-5, absolute: Double = 2e-6, _ comment: String,
  sourceLocation: SourceLocation = #_sourceLocation,
  of function: @escaping @Sendable ([Tensor]) -> Tensor
) {
  let (value, pullback) = valueWithPullback(at: inputs.map { tensors[$0] }, of: function)
  expectClose(
    value, tensors[output], relative: relative, absolute: absolute, comment,
    sourceLocation: sourceLocation)
  if value.error != nil { return }
  let cotangent =
    tensors.contains("cotangent")
    ? tensors["cotangent"] : Tensor.ones(value.shape, elementType: value.elementType)
  for (name, gradient) in zip(inputs, pullback(cotangent)) {
    expectClose(
      gradient, tensors["\(name)_gradient"], relative: relative, absolute: absolute,
      "\(comment), gradient of \(name)", sourceLocation: sourceLocation)
  }
}

/// Expects a function to give an invalid tensor with an error text.
func expectError(
  _ tensor: Tensor, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(tensor.error?.message == text, sourceLocation: sourceLocation)
}
