public import RanvierTensors

/// Multiplies rows by a matrix and adds a vector.
///
/// `x · kernel + bias`
///
/// - Shapes: x `[..., inputs]`, kernel `[inputs, outputs]`, bias `[outputs]`; result
///   `[..., outputs]`.
public func dense(_ x: Tensor, _ kernel: Tensor, _ bias: Tensor? = nil) -> Tensor {
  if let error = x.error ?? kernel.error ?? bias?.error { return Tensor(invalid: error) }
  guard x.rank > 0, kernel.rank == 2, x.shape[-1] == kernel.shape[0] else {
    return Tensor(
      invalid: OperationError(
        operation: "dense", rule: "x [..., inputs] and a kernel [inputs, outputs]",
        got: "x \(x.shape), kernel \(kernel.shape)",
        hint: x.rank > 2 ? "was `flatten` forgotten?" : ""))
  }
  guard x.rank > 2, x.elementType != .bool else {
    return addingBias(matmul(x, kernel), bias, operation: "dense").spelled("dense")
  }
  // All rows are one matrix until the bias is added, so that it becomes part of the product.
  let rows = x.shape.sizes.dropLast()
  let flat = matmul(x.reshaped(to: [rows.reduce(1, *), x.shape[-1]]), kernel)
  let sum = addingBias(flat, bias, operation: "dense").spelled("dense")
  return sum.error == nil ? sum.reshaped(to: Shape(rows + [kernel.shape[1]])) : sum
}

/// Adds a vector along the last axis.
func addingBias(_ x: Tensor, _ bias: Tensor?, operation: String) -> Tensor {
  guard let bias, x.error == nil else { return x }
  guard bias.error != nil || bias.shape == [x.shape[-1]] else {
    return Tensor(
      invalid: OperationError(
        operation: operation, rule: "a bias of shape [\(x.shape[-1])]", got: "\(bias.shape)"))
  }
  return x + bias
}
