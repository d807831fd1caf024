public import RanvierTensors

/// The cross-entropy of scores with targets of 1 and -1.
///
/// `log(1 + exp(-targets * predictions))` for each element, and the mean along the last axis for
/// each sample. For targets of 1 and -1 the same as
/// ``binaryCrossEntropy(_:_:fromLogits:positiveWeight:negativeWeight:labelSmoothing:weights:perElement:reduction:)``
/// of logits with targets of 1 and 0.
///
/// - Shapes: targets as predictions; weights the leading axes of the losses. There is one loss for
///   each index before the last axis, for each element of a vector or with `perElement`.
/// - Parameters:
///   - targets: 1 and -1, or `true` and `false`.
///   - predictions: Scores.
///   - weights: How much each loss counts.
///   - perElement: Whether elements are not averaged along the last axis first.
///   - reduction: What becomes of the losses.
public func softMargin(
  _ targets: Tensor, _ predictions: Tensor, weights: Tensor? = nil, perElement: Bool = false,
  reduction: Reduction = .mean
) -> Tensor {
  reducedLoss(
    "softMargin", signs(targets), predictions, weights: weights, perElement: perElement,
    reduction: reduction
  ) { softplus(-expected($0, $1)) }
}

extension Loss {
  /// The cross-entropy of scores with targets of 1 and -1.
  public static let softMargin = Loss("soft_margin") { targets, predictions in
    RanvierFunctions.softMargin(targets, predictions, reduction: .none)
  }
}
