internal import RanvierTensors

extension Metric {
  /// The share of examples whose class is among the 5 with the largest scores.
  public static let topKAccuracy = Metric.topKAccuracy(5)

  /// The share of examples whose class is among the k with the largest scores.
  ///
  /// Of classes with equal scores the first comes first, as for ``accuracy``, which is the value
  /// for a k of 1. A score that is not a number is never among them; a class that does not exist
  /// gives not-a-number.
  ///
  /// - Shapes: predictions `[batch..., classes]`; targets of the same shape, one-hot or soft, or
  ///   integers `[batch...]`; weights the leading axes of `[batch...]`.
  /// - Parameter k: How many classes count, from 1; with as many as there are, all examples are
  ///   right.
  public static func topKAccuracy(_ k: Int) -> Metric {
    let operation = "topKAccuracy"
    guard k > 0 else {
      return wrong("top_k_accuracy", operation, "a k of 1 or more", got: "\(k)")
    }
    return mean(of: "top_k_accuracy") { targets, predictions in
      do throws(OperationError) {
        if let error = targets.error ?? predictions.error { throw error }
        guard predictions.rank > 0, predictions.shape[-1] > 0 else {
          throw OperationError(
            operation: operation, rule: "predictions with a class axis that is not empty",
            got: "targets \(targets.type), predictions \(predictions.type)")
        }
        return try isAmongTop(k, targets, predictions, operation: operation)
      } catch {
        return Tensor(invalid: error)
      }
    }
  }
}

/// Whether fewer than k classes come before that of the target: 1 or 0, not-a-number for a class
/// that does not exist.
private func isAmongTop(
  _ k: Int, _ targets: Tensor, _ scores: Tensor, operation: String
) throws(OperationError) -> Tensor {
  let batch = Shape(Array(scores.shape.sizes.dropLast()))
  let isDistribution = targets.shape == scores.shape
  guard isDistribution || targets.shape == batch && targets.elementType.isInteger else {
    throw CrossEntropy(loss: operation).wrongTargets(targets, scores, batch)
  }
  let classes = scores.shape[-1]
  let positions = Tensor.range(classes, elementType: .int64)
  let target = (isDistribution ? targets.argmax() : targets).cast(to: .int64)
    .expandedDimension(at: -1)
  let isTarget = equal(positions, target)
  // One element of each row is chosen, by its place: 0 times another might not be 0.
  let score = select(isTarget, scores, 0).sum(alongAxes: [-1], keepingAxes: true)
  // Negated comparisons, so that what is not a number comes before or has everything before it.
  let isBefore = bitwiseNot(
    select(less(positions, target), less(scores, score), lessOrEqual(scores, score)))
  let count = bitwiseAnd(isBefore, bitwiseNot(isTarget)).cast(to: .int32).sum(alongAxes: [-1])
  let isRight = less(count, k)
  let isNumber = equal(score, score).squeezed(axes: [-1])
  let result = bitwiseAnd(isRight, isNumber).cast(to: .float32)
  return isDistribution
    ? result : select(isClass(targets, count: classes), result, Double.nan)
}
