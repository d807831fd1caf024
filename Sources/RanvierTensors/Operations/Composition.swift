/// Computes a function that is composed of others: 16-bit numbers in `f32`, rounding once at the
/// end, and errors under the function's own name.
///
/// - Parameters:
///   - spelling: The function as users spell it.
///   - operands: Its operands, of one floating-point type.
func composed(
  _ spelling: String, _ operands: Tensor..., function: ([Tensor]) -> Tensor
) -> Tensor {
  if let invalid = operands.first(where: { $0.error != nil }) { return invalid }
  let type = operands[0].elementType
  guard type.isFloatingPoint else {
    return Tensor(
      invalid: OperationError(
        operation: spelling, rule: "a type it is defined for",
        got: operands.map(\.elementType.abbreviation).joined(separator: " and "),
        hint: "convert with cast(to:)"))
  }
  let isShort = type == .float16 || type == .bfloat16
  let result = function(isShort ? operands.map { $0.cast(to: .float32) } : operands)
  if var error = result.error {
    error.operation = spelling
    return Tensor(invalid: error)
  }
  return isShort ? result.cast(to: type) : result
}

/// An odd function by its values for positive numbers; zeros count as positive.
///
/// Both sides have the same derivatives at 0, unlike `sign(x) * function(abs(x))`.
func odd(_ x: Tensor, function: (Tensor) -> Tensor) -> Tensor {
  let isNegative = less(x, 0)
  let values = function(select(isNegative, -x, x))
  return select(isNegative, -values, values)
}
