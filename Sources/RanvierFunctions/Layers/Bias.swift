public import RanvierTensors

/// Adds a number of its own to each feature, the last axis.
///
/// `x + vector`
///
/// - Shapes: x `[..., features]`, vector `[features]`; result as x.
public func bias(_ x: Tensor, _ vector: Tensor) -> Tensor {
  if let error = x.error ?? vector.error { return Tensor(invalid: error) }
  guard x.rank > 0 else {
    return Tensor(
      invalid: OperationError(operation: "bias", rule: "x [..., features]", got: "\(x.type)"))
  }
  return addingBias(x, vector, operation: "bias").spelled("bias")
}
