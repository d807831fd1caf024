public import RanvierTensors

/// Binary cross-entropy in which examples count less the better they are known.
///
/// `-(a * targets * (1 - p)^focus * log(p) + (1 - a) * (1 - targets) * p^focus * log(1 - p))` for
/// each element, where `p` is the probability of "yes" and `a` the balance, and the mean along the
/// last axis for each sample. Without a balance both terms count fully; with a focus of 0 that is
/// ``binaryCrossEntropy(_:_:fromLogits:positiveWeight:negativeWeight:labelSmoothing:weights:perElement:reduction:)``.
///
/// - Shapes: targets as predictions; weights the leading axes of the losses. There is one loss for
///   each index before the last axis, for each element of a vector or with `perElement`.
/// - Parameters:
///   - targets: Probabilities, or `true` and `false`.
///   - predictions: Probabilities, or logits.
///   - fromLogits: Whether predictions are logits: more exact than probabilities from `sigmoid`.
///   - focus: How much less; 0 or more.
///   - balance: How much "yes" counts, from 0 to 1; "no" counts the rest.
///   - weights: How much each loss counts.
///   - perElement: Whether elements are not averaged along the last axis first.
///   - reduction: What becomes of the losses.
/// - Source: Lin et al., Focal Loss for Dense Object Detection, 2017.
/// - Note: Logarithms of probabilities are taken of at least 1.2e-38 (2.2e-308 in `f64`), where
///   their derivative is 0.
public func focal(
  _ targets: Tensor, _ predictions: Tensor, fromLogits: Bool = false, focus: Double = 2,
  balance: Double? = nil, weights: Tensor? = nil, perElement: Bool = false,
  reduction: Reduction = .mean
) -> Tensor {
  let hasBalance = balance.map { (0 ... 1).contains($0) } ?? true
  if let wrong = wrongOption("focal", "a focus of 0 or more", focus, isRight: focus >= 0)
    ?? wrongOption("focal", "a balance from 0 to 1", balance ?? 0, isRight: hasBalance)
  {
    return wrong
  }
  let shares = (yes: balance ?? 1, no: 1 - (balance ?? 0))
  return reducedLoss(
    "focal", targets, predictions, weights: weights, perElement: perElement, reduction: reduction
  ) { targets, predictions in
    let complement = fromLogits ? -predictions : 1 - predictions
    let lossOfYes: Tensor
    let lossOfNo: Tensor
    if fromLogits {
      lossOfYes = focusedLoss(ofLogits: predictions, focus)
      lossOfNo = focusedLoss(ofLogits: complement, focus)
    } else {
      lossOfYes = -logarithm(ofProbability: predictions) * power(complement, focus)
      lossOfNo = -logarithm(ofComplement: predictions) * power(predictions, focus)
    }
    return expected(targets * shares.yes, lossOfYes)
      + expected((1 - targets) * shares.no, lossOfNo)
  }
}

/// `-(1 - p)^focus * log(p)` with `p = sigmoid(x)`: both are powers of e.
///
/// The exponent does not take part in derivatives where it is next to 0 and its slope has vanished:
/// it would meet an infinite loss.
private func focusedLoss(ofLogits x: Tensor, _ focus: Double) -> Tensor {
  exp(softplus(maximum(x, -1e4)) * -focus) * softplus(-x)
}

/// A power of a probability, without a derivative at 0: it would be infinite for small exponents,
/// and meets a logarithm that is 0.
func power(_ probability: Tensor, _ exponent: Double) -> Tensor {
  let isZero = lessOrEqual(probability, 0)
  return select(
    isZero, exponent == 0 ? 1 : 0, pow(select(isZero, 1, probability), exponent))
}

extension Loss {
  /// Binary cross-entropy in which examples count less the better they are known.
  public static let focal = Loss.focal(fromLogits: false)

  /// Binary cross-entropy of probabilities or logits in which examples count less the better they
  /// are known.
  public static func focal(
    fromLogits: Bool, focus: Double = 2, balance: Double? = nil
  ) -> Loss {
    Loss("focal" + (fromLogits ? "_from_logits" : "")) { targets, predictions in
      RanvierFunctions.focal(
        targets, predictions, fromLogits: fromLogits, focus: focus, balance: balance,
        reduction: .none)
    }
  }
}
