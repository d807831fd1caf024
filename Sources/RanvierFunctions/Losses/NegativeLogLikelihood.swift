public import RanvierTensors

/// The cross-entropy of logarithms of probabilities over classes, the last axis, with the true
/// distributions.
///
/// `-sum(targets * predictions)` along the last axis, where classes of target 0 count as 0:
/// ``categoricalCrossEntropy(_:_:fromLogits:classWeights:labelSmoothing:weights:reduction:)`` of a
/// model that ends with ``logSoftmax(_:alongAxis:)``.
///
/// - Shapes: predictions `[batch..., classes]`, targets `[batch..., classes]` or integers
///   `[batch...]`, class weights `[classes]`, weights the leading axes of `[batch...]`.
/// - Parameters:
///   - targets: Distributions, or classes as integers; a class that does not exist gives
///     not-a-number.
///   - predictions: Logarithms of probabilities; minus infinity is one.
///   - classWeights: How much each class counts; ``Reduction/weightedMean`` divides by them.
///   - weights: How much each sample counts.
///   - reduction: What becomes of the losses.
public func negativeLogLikelihood(
  _ targets: Tensor, _ predictions: Tensor, classWeights: Tensor? = nil, weights: Tensor? = nil,
  reduction: Reduction = .mean
) -> Tensor {
  let loss = CrossEntropy(loss: "negativeLogLikelihood", classWeights: classWeights)
  return loss(targets, predictions, weights: weights, reduction: reduction) { $0 }
}

extension Loss {
  /// The cross-entropy of logarithms of probabilities with one-hot, soft or integer targets.
  public static let negativeLogLikelihood = Loss("negative_log_likelihood") {
    targets, predictions in
    RanvierFunctions.negativeLogLikelihood(targets, predictions, reduction: .none)
  }
}
