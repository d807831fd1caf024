public import RanvierTensors

/// How far predictions are from the right side of a margin: the loss of support vector machines.
///
/// `max(0, 1 - targets * predictions)` for each element, and the mean along the last axis for each
/// sample; at the margin itself half of the derivative.
///
/// - Shapes: targets as predictions; weights the leading axes of the losses. There is one loss for
///   each index before the last axis, for each element of a vector or with `perElement`.
/// - Parameters:
///   - targets: 1 and -1, or `true` and `false`.
///   - predictions: Scores.
///   - weights: How much each loss counts.
///   - perElement: Whether elements are not averaged along the last axis first.
///   - reduction: What becomes of the losses.
public func hinge(
  _ targets: Tensor, _ predictions: Tensor, weights: Tensor? = nil, perElement: Bool = false,
  reduction: Reduction = .mean
) -> Tensor {
  reducedLoss(
    "hinge", signs(targets), predictions, weights: weights, perElement: perElement,
    reduction: reduction
  ) { maximum(1 - $0 * $1, 0) }
}

/// Truth values as 1 and -1; others stay.
func signs(_ targets: Tensor) -> Tensor {
  targets.error == nil && targets.elementType == .bool
    ? targets.cast(to: .float32) * 2 - 1 : targets
}

extension Loss {
  /// How far scores are from the right side of a margin; targets are 1 and -1.
  public static let hinge = Loss("hinge") { targets, predictions in
    RanvierFunctions.hinge(targets, predictions, reduction: .none)
  }
}
