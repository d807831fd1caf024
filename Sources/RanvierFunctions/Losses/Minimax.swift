public import RanvierTensors

/// The value of the game between a generator and a discriminator, as the generator sees it.
///
/// `targets * log(predictions) + (1 - targets) * log(1 - predictions)` for each element, and the mean
/// along the last axis for each sample: the negative of
/// ``binaryCrossEntropy(_:_:fromLogits:positiveWeight:negativeWeight:labelSmoothing:weights:perElement:reduction:)``,
/// which the discriminator makes small. The generator makes this small, with targets of 0 for what it
/// has made.
///
/// It hardly teaches a generator whose examples are all recognized; binary cross-entropy with
/// targets of 1 does.
///
/// - Shapes: targets as predictions; weights the leading axes of the losses. There is one loss for
///   each index before the last axis, for each element of a vector or with `perElement`.
/// - Parameters:
///   - targets: 1 for real examples, 0 for made ones.
///   - predictions: Probabilities that examples are real, or their logits.
///   - fromLogits: Whether predictions are logits.
///   - weights: How much each loss counts.
///   - perElement: Whether elements are not averaged along the last axis first.
///   - reduction: What becomes of the losses.
/// - Source: Goodfellow et al., Generative Adversarial Networks, 2014.
public func minimax(
  _ targets: Tensor, _ predictions: Tensor, fromLogits: Bool = false, weights: Tensor? = nil,
  perElement: Bool = false, reduction: Reduction = .mean
) -> Tensor {
  reducedLoss(
    "minimax", targets, predictions, weights: weights, reduction: reduction
  ) {
    -binaryCrossEntropy(
      $0, $1, fromLogits: fromLogits, perElement: perElement, reduction: .none)
  }
}

extension Loss {
  /// The value of the game between a generator and a discriminator that gives probabilities.
  public static let minimax = Loss.minimax(fromLogits: false)

  /// The value of the game between a generator and a discriminator that gives probabilities or
  /// logits.
  public static func minimax(fromLogits: Bool) -> Loss {
    Loss("minimax" + (fromLogits ? "_from_logits" : "")) { targets, predictions in
      RanvierFunctions.minimax(targets, predictions, fromLogits: fromLogits, reduction: .none)
    }
  }
}
