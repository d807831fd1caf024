public import RanvierTensors

/// The cross-entropy of predicted distributions over classes, the last axis, with the true ones.
///
/// `-sum(targets * log(predictions))` along the last axis, where classes of target 0 count as 0; on
/// logits the logarithm is ``logSoftmax(_:alongAxis:)``.
///
/// Targets are distributions (one-hot or soft) if they have the predictions' shape, else classes as
/// integers without the class axis. A class that does not exist gives not-a-number, because
/// elements may not be known yet when shapes are checked. Sums are at least in `f32`.
///
/// - Shapes: predictions `[batch..., classes]`, targets `[batch..., classes]` or integers
///   `[batch...]`, class weights `[classes]`, weights the leading axes of `[batch...]`; the result
///   is a scalar, `[batch...]` for ``Reduction/none``.
/// - Parameters:
///   - targets: Distributions or classes.
///   - predictions: Probabilities, or logits.
///   - fromLogits: Whether predictions are logits: more exact than probabilities from `softmax`.
///   - classWeights: How much each class's term counts. ``Reduction/weightedMean`` divides by the
///     sum of the weights of the samples' classes, as PyTorch's mean does; ``Reduction/mean`` by the
///     number of samples.
///   - labelSmoothing: See ``smoothedLabels(_:classes:smoothing:)``.
///   - weights: How much each sample counts.
///   - reduction: What becomes of the losses.
/// - Note: The logarithm of a probability is taken of at least 1.2e-38 (2.2e-308 in `f64`), so that
///   a probability of 0 gives 87.3. Its derivative is 0 there. Logits have no such limit.
public func categoricalCrossEntropy(
  _ targets: Tensor, _ predictions: Tensor, fromLogits: Bool = false, classWeights: Tensor? = nil,
  labelSmoothing: Double = 0, weights: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
  let loss = CrossEntropy(
    loss: "categoricalCrossEntropy", classWeights: classWeights, labelSmoothing: labelSmoothing)
  return loss(targets, predictions, weights: weights, reduction: reduction) {
    fromLogits ? logSoftmax($0) : logarithm(ofProbability: $0)
  }
}

extension Loss {
  /// The cross-entropy of probabilities over classes with one-hot, soft or integer targets.
  public static let categoricalCrossEntropy = Loss.categoricalCrossEntropy(fromLogits: false)

  /// The cross-entropy of probabilities, or of logits, over classes with one-hot, soft or integer
  /// targets.
  public static func categoricalCrossEntropy(
    fromLogits: Bool, classWeights: Tensor? = nil, labelSmoothing: Double = 0
  ) -> Loss {
    Loss("categorical_cross_entropy" + (fromLogits ? "_from_logits" : "")) { targets, predictions in
      RanvierFunctions.categoricalCrossEntropy(
        targets, predictions, fromLogits: fromLogits, classWeights: classWeights,
        labelSmoothing: labelSmoothing, reduction: .none)
    }
  }
}
