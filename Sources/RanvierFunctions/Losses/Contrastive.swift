public import RanvierTensors

/// Draws pairs of vectors that belong together to one place, and others as far apart as a margin.
///
/// `targets * d^2 + (1 - targets) * max(0, margin - d)^2` with the distance `d` of both vectors. Where
/// they are equal, the second term has no derivative.
///
/// - Shapes: both vectors `[batch..., features]`, targets `[batch...]`, weights the leading axes of
///   `[batch...]`; the result is a scalar, `[batch...]` for ``Reduction/none``.
/// - Parameters:
///   - targets: 1 for pairs that belong together and 0 for others, or `true` and `false`.
///   - first: One vector of each pair.
///   - second: The other.
///   - margin: The distance that is far enough.
///   - weights: How much each pair counts.
///   - reduction: What becomes of the losses.
/// - Source: Hadsell, Chopra, LeCun, Dimensionality Reduction by Learning an Invariant Mapping, 2006;
///   there each term is halved.
public func contrastive(
  _ targets: Tensor, _ first: Tensor, _ second: Tensor, margin: Double = 1,
  weights: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
  let loss = "contrastive"
  return reducedLoss(
    loss, of: [targets, first, second], weights: weights, reduction: reduction
  ) { operands throws(OperationError) in
    try checkPairs(loss, targets, first, second)
    let difference = operands[1] - operands[2]
    let distance = difference.norm(alongAxes: [-1])
    // Not the square of the distance, which has no second derivative at 0.
    let together = expected(operands[0], square(difference).sum(alongAxes: [-1]))
    return together + (1 - operands[0]) * square(maximum(margin - distance, 0))
  }
}
