public import RanvierTensors

/// The mean of the sizes of the differences between predictions and targets.
///
/// `mean(|predictions - targets|)` along the last axis for each sample; the derivative at 0 is 0.
///
/// - Shapes: targets as predictions; weights the leading axes of the losses. There is one loss for
///   each index before the last axis, for each element of a vector or with `perElement`.
/// - Parameters:
///   - targets: The true values.
///   - predictions: The predicted values.
///   - weights: How much each loss counts.
///   - perElement: Whether elements are not averaged along the last axis first.
///   - reduction: What becomes of the losses.
public func meanAbsoluteError(
  _ targets: Tensor, _ predictions: Tensor, weights: Tensor? = nil, perElement: Bool = false,
  reduction: Reduction = .mean
) -> Tensor {
  reducedLoss(
    "meanAbsoluteError", targets, predictions, weights: weights, perElement: perElement,
    reduction: reduction
  ) { abs($1 - $0) }
}

extension Loss {
  /// The mean of the sizes of the differences between predictions and targets.
  public static let meanAbsoluteError = Loss("mean_absolute_error") { targets, predictions in
    RanvierFunctions.meanAbsoluteError(targets, predictions, reduction: .none)
  }
}
