/// Computes a function that is composed of others: 16-bit numbers in `f32`, rounding once at the
/// end, and errors under the function's own name.
///
/// - Parameters:
///   - spelling: The function as users spell it.
///   - operands: Its operands, of one floating-point type.
package func composed(
  _ spelling: String, _ operands: Tensor..., function: ([Tensor]) -> Tensor
) -> Tensor {
  if let invalid = operands.first(where: { $0.error != nil }) { return invalid }
  let type = operands[0].elementType
  guard type.isFloatingPoint else {
    return Tensor(
      invalid: OperationError(
        operation: spelling, rule: "floating-point numbers",
        got: operands.map(\.type.description).joined(separator: " and "),
        hint: "convert with cast(to:)"))
  }
  let isShort = type == .float16 || type == .bfloat16
  let result = function(isShort ? operands.map { $0.cast(to: .float32) } : operands)
  return (isShort ? result.cast(to: type) : result).spelled(spelling)
}

extension Tensor {
  /// The result of a function that is composed of others, where an error that one of them made
  /// bears the function's name.
  ///
  /// Errors of the function's operands stay as they are.
  package func spelled(_ spelling: String, _ operands: any TensorOperand...) -> Tensor {
    spelled(spelling, operands: operands)
  }

  func spelled(_ spelling: String, operands: [any TensorOperand]) -> Tensor {
    guard var error, operands.allSatisfy({ ($0 as? Tensor)?.error == nil }) else { return self }
    error.operation = spelling
    return Tensor(invalid: error)
  }
}

/// An odd function by its values for positive numbers; zeros count as positive.
///
/// Both sides have the same derivatives at 0, unlike `sign(x) * function(abs(x))`.
func odd(_ x: Tensor, function: (Tensor) -> Tensor) -> Tensor {
  let isNegative = less(x, 0)
  let values = function(select(isNegative, -x, x))
  return select(isNegative, -values, values)
}
