public import RanvierTensors

/// The mean of the sizes of the differences between predictions and targets, in percent of the
/// targets.
///
/// `100 * mean(|predictions - targets| / max(|targets|, smallestTarget))` along the last axis for each
/// sample.
///
/// - Shapes: targets as predictions; weights the leading axes of the losses. There is one loss for
///   each index before the last axis, for each element of a vector or with `perElement`.
/// - Parameters:
///   - targets: The true values.
///   - predictions: The predicted values.
///   - smallestTarget: The smallest size to divide by; positive.
///   - weights: How much each loss counts.
///   - perElement: Whether elements are not averaged along the last axis first.
///   - reduction: What becomes of the losses.
public func meanAbsolutePercentageError(
  _ targets: Tensor, _ predictions: Tensor, smallestTarget: Double = 1e-7,
  weights: Tensor? = nil, perElement: Bool = false, reduction: Reduction = .mean
) -> Tensor {
  let loss = "meanAbsolutePercentageError"
  if let wrong = wrongOption(
    loss, "a smallest target above 0", smallestTarget, isRight: smallestTarget > 0)
  {
    return wrong
  }
  return reducedLoss(
    loss, targets, predictions, weights: weights, perElement: perElement, reduction: reduction
  ) { targets, predictions in
    abs(predictions - targets) / maximum(abs(targets), smallestTarget) * 100
  }
}

extension Loss {
  /// The mean of the sizes of the differences, in percent of the targets.
  public static let meanAbsolutePercentageError = Loss("mean_absolute_percentage_error") {
    targets, predictions in
    RanvierFunctions.meanAbsolutePercentageError(targets, predictions, reduction: .none)
  }
}
