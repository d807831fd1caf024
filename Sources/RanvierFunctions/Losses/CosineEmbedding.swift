public import RanvierTensors

/// Draws pairs of vectors that belong together into one direction, and others apart.
///
/// `1 - c` where the target is 1 and `max(0, c - margin)` where it is -1, with the cosine `c` of the
/// angle between both vectors. A vector of zeros is at a right angle to all others.
///
/// - Shapes: both vectors `[batch..., features]`, targets `[batch...]`, weights the leading axes of
///   `[batch...]`; the result is a scalar, `[batch...]` for ``Reduction/none``.
/// - Parameters:
///   - targets: 1 and -1, or `true` and `false`.
///   - first: One vector of each pair.
///   - second: The other.
///   - margin: The cosine that is far enough apart; from -1 to 1.
///   - weights: How much each pair counts.
///   - reduction: What becomes of the losses.
public func cosineEmbedding(
  _ targets: Tensor, _ first: Tensor, _ second: Tensor, margin: Double = 0,
  weights: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
  let loss = "cosineEmbedding"
  return reducedLoss(
    loss, of: [signs(targets), first, second], weights: weights, reduction: reduction
  ) { operands throws(OperationError) in
    try checkPairs(loss, targets, first, second)
    let cosine = cosines(operands[1], operands[2], alongAxis: -1)
    return select(greater(operands[0], 0), 1 - cosine, maximum(cosine - margin, 0))
  }
}

/// Checks that there are vectors of one shape, with a target for each pair.
func checkPairs(
  _ loss: String, _ targets: Tensor, _ first: Tensor, _ second: Tensor
) throws(OperationError) {
  let isPair = first.rank > 0 && first.shape == second.shape
  guard isPair, targets.shape.sizes == first.shape.sizes.dropLast() else {
    throw OperationError(
      operation: loss,
      rule: "vectors [batch..., features] of one shape, and targets [batch...]",
      got: "targets \(targets.type), vectors \(first.type) and \(second.type)")
  }
}
