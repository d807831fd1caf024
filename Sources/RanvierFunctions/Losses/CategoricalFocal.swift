public import RanvierTensors

/// Cross-entropy over classes, the last axis, in which examples count less the better they are known.
///
/// `-sum(targets * (1 - p)^focus * log(p))` along the last axis, with the probabilities `p` of the
/// classes; with a focus of 0 that is
/// ``categoricalCrossEntropy(_:_:fromLogits:classWeights:labelSmoothing:weights:reduction:)``.
///
/// - Shapes: predictions `[batch..., classes]`, targets `[batch..., classes]` or integers
///   `[batch...]`, class weights `[classes]`, weights the leading axes of `[batch...]`.
/// - Parameters:
///   - targets: Distributions, or classes as integers; a class that does not exist gives
///     not-a-number.
///   - predictions: Probabilities, or logits.
///   - fromLogits: Whether predictions are logits: more exact than probabilities from `softmax`.
///   - focus: How much less; 0 or more.
///   - classWeights: How much each class counts; ``Reduction/weightedMean`` divides by them.
///   - weights: How much each sample counts.
///   - reduction: What becomes of the losses.
/// - Source: Lin et al., Focal Loss for Dense Object Detection, 2017.
/// - Note: Logarithms of probabilities are taken of at least 1.2e-38 (2.2e-308 in `f64`), where
///   their derivative is 0.
public func categoricalFocal(
  _ targets: Tensor, _ predictions: Tensor, fromLogits: Bool = false, focus: Double = 2,
  classWeights: Tensor? = nil, weights: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
  let name = "categoricalFocal"
  if let wrong = wrongOption(name, "a focus of 0 or more", focus, isRight: focus >= 0) {
    return wrong
  }
  let loss = CrossEntropy(loss: name, classWeights: classWeights)
  return loss(targets, predictions, weights: weights, reduction: reduction) { predictions in
    guard fromLogits else {
      return logarithm(ofProbability: predictions) * power(1 - predictions, focus)
    }
    let logarithms = logSoftmax(predictions)
    // Without a derivative where the probability has vanished: it would meet an infinite loss.
    return logarithms * power(-expm1(maximum(logarithms, -1e4)), focus)
  }
}

extension Loss {
  /// Cross-entropy over classes in which examples count less the better they are known.
  public static let categoricalFocal = Loss.categoricalFocal(fromLogits: false)

  /// Cross-entropy of probabilities or logits over classes in which examples count less the better
  /// they are known.
  public static func categoricalFocal(
    fromLogits: Bool, focus: Double = 2, classWeights: Tensor? = nil
  ) -> Loss {
    Loss("categorical_focal" + (fromLogits ? "_from_logits" : "")) { targets, predictions in
      RanvierFunctions.categoricalFocal(
        targets, predictions, fromLogits: fromLogits, focus: focus, classWeights: classWeights,
        reduction: .none)
    }
  }
}
