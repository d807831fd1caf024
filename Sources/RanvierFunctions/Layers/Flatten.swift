public import RanvierTensors

/// The elements of each example as a row.
///
/// - Shapes: x `[batch, ...]`; result `[batch, elements of an example]`.
public func flatten(_ x: Tensor) -> Tensor {
  if x.error != nil { return x }
  guard x.rank > 0 else {
    return Tensor(
      invalid: OperationError(operation: "flatten", rule: "a batch axis", got: "a scalar"))
  }
  return x.reshaped(to: [x.shape[0], x.shape.sizes.dropFirst().reduce(1, *)])
}
