public import RanvierTensors

/// How much less than 1 the score of the right class, the last axis, is above the best other one.
///
/// `max(0, 1 + max((1 - targets) * predictions) - sum(targets * predictions))` along the last axis,
/// as Keras has it: for one-hot targets the right class is among the others with a score of 0.
///
/// - Shapes: predictions and targets `[batch..., classes]`, weights the leading axes of `[batch...]`;
///   the result is a scalar, `[batch...]` for ``Reduction/none``.
/// - Parameters:
///   - targets: One-hot.
///   - predictions: Scores.
///   - weights: How much each sample counts.
///   - reduction: What becomes of the losses.
public func categoricalHinge(
  _ targets: Tensor, _ predictions: Tensor, weights: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
  let loss = "categoricalHinge"
  return reducedLoss(loss, targets, predictions, weights: weights, reduction: reduction) {
    targets, predictions in
    guard predictions.rank > 0 else {
      return Tensor(
        invalid: OperationError(
          operation: loss, rule: "predictions with a class axis",
          got: "predictions \(predictions.type)"))
    }
    // No classes have no largest score.
    guard predictions.shape[-1] > 0 else { return predictions.sum(alongAxes: [-1]) }
    let others = expected(1 - targets, predictions).max(alongAxes: [-1])
    let right = expected(targets, predictions).sum(alongAxes: [-1])
    return maximum(1 + others - right, 0)
  }
}

extension Loss {
  /// How much less than 1 the score of the right class is above the best other one.
  public static let categoricalHinge = Loss("categorical_hinge") { targets, predictions in
    RanvierFunctions.categoricalHinge(targets, predictions, reduction: .none)
  }
}
