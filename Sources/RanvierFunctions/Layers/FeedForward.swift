public import RanvierTensors

/// Two products with an activation between them, for each token by itself.
///
/// `activation(x · hiddenKernel + hiddenBias) · outputKernel + outputBias`; gated, the hidden
/// features are two halves a and b, of which `activation(a) * b` goes on: with ``silu(_:)`` this is
/// SwiGLU, with ``gelu(_:)`` GEGLU, with the sigmoid GLU.
///
/// - Shapes: x `[..., features]`, hidden kernel `[features, hidden]` or, gated, `[features,
///   2 * hidden]`, hidden bias as its last axis, output kernel `[hidden, outputs]`, output bias
///   `[outputs]`; result `[..., outputs]`.
/// - Parameters:
///   - x: The tokens.
///   - hiddenKernel: Makes hidden features of features.
///   - hiddenBias: Added to the hidden features.
///   - outputKernel: Makes outputs of hidden features.
///   - outputBias: Added to the outputs.
///   - activation: What is done with the hidden features.
///   - isGated: Whether the second half of the hidden features goes through gates, which the first
///     half opens.
///   - dropoutRate: The probability with which a hidden feature is set to 0, in `0 ..< 1`.
///   - dropoutKey: Chooses the hidden features; nothing is dropped without it.
/// - Source: Vaswani et al. 2017, arXiv:1706.03762; gates: Shazeer 2020, arXiv:2002.05202.
public func feedForward(
  _ x: Tensor, hiddenKernel: Tensor, hiddenBias: Tensor? = nil, outputKernel: Tensor,
  outputBias: Tensor? = nil, activation: Activation = .relu, isGated: Bool = false,
  dropoutRate: Double = 0, dropoutKey: RandomKey? = nil
) -> Tensor {
  let operands = [x, hiddenKernel, hiddenBias, outputKernel, outputBias].compactMap { $0 }
  if let invalid = operands.first(where: { $0.error != nil }) { return invalid }
  let operation = "feedForward"
  let product = dense(x, hiddenKernel, hiddenBias).spelled(operation)
  var hidden = activated(product, activation, isGated: isGated, operation: operation)
  if let dropoutKey {
    hidden = dropout(hidden, rate: dropoutRate, key: dropoutKey).spelled(operation)
  }
  return dense(hidden, outputKernel, outputBias).spelled(operation)
}

/// Hidden features through an activation, or through the gates that their first half opens.
func activated(
  _ hidden: Tensor, _ activation: Activation, isGated: Bool, operation: String
) -> Tensor {
  if hidden.error != nil { return hidden }
  if !isGated { return activation(hidden).spelled(operation) }
  return gated(operation, hidden, alongAxis: -1, .first) { $0 * activation($1) }
}
