public import RanvierTensors

/// How improbable targets are if they are normally distributed with predicted means and variances.
///
/// `(log(v) + (targets - means)^2 / v) / 2` with `v = max(variances, smallestVariance)` for each
/// element, and the mean along the last axis for each sample.
///
/// - Shapes: targets, means and variances have one shape, or the variances broadcast to it; weights
///   the leading axes of the losses. There is one loss for each index before the last axis, for each
///   element of a vector or with `perElement`.
/// - Parameters:
///   - targets: The true values.
///   - means: The predicted values.
///   - variances: How far from these the true ones may be, squared.
///   - smallestVariance: The smallest variance to compute with; smaller ones have no derivative.
///   - full: Whether `log(2 * pi) / 2` is added, which depends on nothing.
///   - weights: How much each loss counts.
///   - perElement: Whether elements are not averaged along the last axis first.
///   - reduction: What becomes of the losses.
/// - Source: Nix and Weigend, Estimating the Mean and Variance of the Target Probability
///   Distribution, 1994.
public func gaussianNegativeLogLikelihood(
  _ targets: Tensor, means: Tensor, variances: Tensor, smallestVariance: Double = 1e-6,
  full: Bool = false, weights: Tensor? = nil, perElement: Bool = false,
  reduction: Reduction = .mean
) -> Tensor {
  let loss = "gaussianNegativeLogLikelihood"
  if let wrong = wrongOption(
    loss, "a smallest variance above 0", smallestVariance, isRight: smallestVariance > 0)
  {
    return wrong
  }
  return reducedLoss(
    loss, of: [targets, means, variances], weights: weights, reduction: reduction
  ) { operands throws(OperationError) in
    let shape = means.shape
    guard targets.shape == shape, Shape.broadcast(variances.shape, shape) == shape else {
      throw OperationError(
        operation: loss,
        rule: "targets and means of one shape, to which the variances broadcast",
        got: "targets \(targets.type), means \(means.type), variances \(variances.type)")
    }
    let variance = maximum(operands[2], smallestVariance)
    let difference = operands[0] - operands[1]
    let losses = (log(variance) + difference * (difference / variance)) * 0.5
    let whole = full ? losses + 0.918938533204672742 : losses
    return perElement ? whole : perSample(whole)
  }
}
