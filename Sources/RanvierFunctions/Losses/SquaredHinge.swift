public import RanvierTensors

/// The square of how far predictions are from the right side of a margin.
///
/// `max(0, 1 - targets * predictions)^2` for each element, and the mean along the last axis for each
/// sample.
///
/// - Shapes: targets as predictions; weights the leading axes of the losses. There is one loss for
///   each index before the last axis, for each element of a vector or with `perElement`.
/// - Parameters:
///   - targets: 1 and -1, or `true` and `false`.
///   - predictions: Scores.
///   - weights: How much each loss counts.
///   - perElement: Whether elements are not averaged along the last axis first.
///   - reduction: What becomes of the losses.
public func squaredHinge(
  _ targets: Tensor, _ predictions: Tensor, weights: Tensor? = nil, perElement: Bool = false,
  reduction: Reduction = .mean
) -> Tensor {
  reducedLoss(
    "squaredHinge", signs(targets), predictions, weights: weights, perElement: perElement,
    reduction: reduction
  ) { square(maximum(1 - $0 * $1, 0)) }
}

extension Loss {
  /// The square of how far scores are from the right side of a margin; targets are 1 and -1.
  public static let squaredHinge = Loss("squared_hinge") { targets, predictions in
    RanvierFunctions.squaredHinge(targets, predictions, reduction: .none)
  }
}
