public import RanvierTensors

/// The loss whose minimum is a quantile of the targets.
///
/// `max(quantile * e, (quantile - 1) * e)` with `e = targets - predictions` for each element, and the
/// mean along the last axis for each sample. For the median half of the absolute error; the
/// derivative at 0 is the mean of those beside it.
///
/// - Shapes: targets as predictions; weights the leading axes of the losses. There is one loss for
///   each index before the last axis, for each element of a vector or with `perElement`.
/// - Parameters:
///   - targets: The true values.
///   - predictions: The predicted quantiles.
///   - quantile: Which quantile, between 0 and 1: 0.9 for the number that nine of ten targets are
///     below.
///   - weights: How much each loss counts.
///   - perElement: Whether elements are not averaged along the last axis first.
///   - reduction: What becomes of the losses.
/// - Source: Koenker and Bassett, Regression Quantiles, 1978.
public func pinball(
  _ targets: Tensor, _ predictions: Tensor, quantile: Double = 0.5, weights: Tensor? = nil,
  perElement: Bool = false, reduction: Reduction = .mean
) -> Tensor {
  let isRight = quantile > 0 && quantile < 1
  if let wrong = wrongOption("pinball", "a quantile between 0 and 1", quantile, isRight: isRight) {
    return wrong
  }
  return reducedLoss(
    "pinball", targets, predictions, weights: weights, perElement: perElement,
    reduction: reduction
  ) { targets, predictions in
    let excess = targets - predictions
    return maximum(excess * quantile, excess * (quantile - 1))
  }
}

extension Loss {
  /// The loss whose minimum is the median of the targets.
  public static let pinball = Loss.pinball(quantile: 0.5)

  /// The loss whose minimum is a quantile of the targets.
  public static func pinball(quantile: Double) -> Loss {
    Loss("pinball") { targets, predictions in
      RanvierFunctions.pinball(targets, predictions, quantile: quantile, reduction: .none)
    }
  }
}
