public import RanvierTensors

/// The negative cosine of the angle between predicted and true vectors: -1 for the same direction, 1
/// for opposite ones.
///
/// `-sum(targets * predictions) / (norm(targets) * norm(predictions))` along an axis. Making it small
/// draws the vectors together. A vector of zeros is at a right angle to all others and has no
/// derivative; lengths, however large or small, make no difference.
///
/// - Shapes: targets as predictions, `[batch..., features]`; the result is a scalar, `[batch...]` for
///   ``Reduction/none``; weights the leading axes of that.
/// - Parameters:
///   - targets: The true vectors.
///   - predictions: The predicted vectors.
///   - axis: The axis along which the vectors lie.
///   - weights: How much each loss counts.
///   - reduction: What becomes of the losses.
public func cosineSimilarity(
  _ targets: Tensor, _ predictions: Tensor, alongAxis axis: Int = -1, weights: Tensor? = nil,
  reduction: Reduction = .mean
) -> Tensor {
  let loss = "cosineSimilarity"
  return reducedLoss(loss, targets, predictions, weights: weights, reduction: reduction) {
    targets, predictions in
    guard (-predictions.rank ..< predictions.rank).contains(axis) else {
      return Tensor(
        invalid: OperationError(
          operation: loss, rule: "an axis in \(-predictions.rank) ..< \(predictions.rank)",
          got: "\(axis) for predictions \(predictions.type)"))
    }
    return -cosines(targets, predictions, alongAxis: axis)
  }
}

extension Loss {
  /// The negative cosine of the angle between predicted and true vectors.
  public static let cosineSimilarity = Loss("cosine_similarity") { targets, predictions in
    RanvierFunctions.cosineSimilarity(targets, predictions, reduction: .none)
  }
}
