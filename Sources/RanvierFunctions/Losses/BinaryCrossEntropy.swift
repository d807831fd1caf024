public import RanvierTensors

/// The cross-entropy of predicted probabilities of "yes" with the true ones.
///
/// `-(targets * log(predictions) + (1 - targets) * log(1 - predictions))` for each element, and the
/// mean along the last axis for each sample. On logits the logarithms are those of the logistic
/// function, computed without rounding a probability.
///
/// - Shapes: targets as predictions; weights the leading axes of the losses. There is one loss for
///   each index before the last axis, for each element of a vector or with `perElement`.
/// - Parameters:
///   - targets: Probabilities, or `true` and `false`.
///   - predictions: Probabilities, or logits.
///   - fromLogits: Whether predictions are logits: more exact than probabilities from `sigmoid`.
///   - positiveWeight: How much the first term counts: a number, or a tensor that broadcasts to the
///     predictions' shape, such as one number for each class.
///   - negativeWeight: How much the second term counts, likewise.
///   - labelSmoothing: A number `s` from 0 to 1: targets become `targets * (1 - s) + s / 2`.
///   - weights: How much each loss counts.
///   - perElement: Whether elements are not averaged along the last axis first.
///   - reduction: What becomes of the losses.
/// - Note: Logarithms of probabilities are taken of at least 1.2e-38 (2.2e-308 in `f64`), so that a
///   wrong certainty gives 87.3. Their derivative is 0 there. Logits have no such limit.
public func binaryCrossEntropy(
  _ targets: Tensor, _ predictions: Tensor, fromLogits: Bool = false,
  positiveWeight: (any TensorOperand)? = nil, negativeWeight: (any TensorOperand)? = nil,
  labelSmoothing: Double = 0, weights: Tensor? = nil, perElement: Bool = false,
  reduction: Reduction = .mean
) -> Tensor {
  let loss = "binaryCrossEntropy"
  if let wrong = wrongSmoothing(loss, labelSmoothing) { return wrong }
  return reducedLoss(
    loss, targets, predictions, weights: weights, perElement: perElement, reduction: reduction
  ) { targets, predictions in
    let t = labelSmoothing == 0 ? targets : smoothed(targets, labelSmoothing, classes: 2)
    let positive = weighted(t, by: positiveWeight, loss)
    let negative = weighted(1 - t, by: negativeWeight, loss)
    if fromLogits {
      let isWeighted = positiveWeight != nil || negativeWeight != nil
      return lossesOfLogits(positive, negative, predictions, isWeighted: isWeighted)
    }
    let yes = expected(positive, logarithm(ofProbability: predictions))
    let no = expected(negative, logarithm(ofComplement: predictions))
    return -(yes + no)
  }
}

/// The losses of logits.
///
/// Both logarithms share `log1p(exp(-|x|))`, which is all that is left of one of them. The size is
/// chosen rather than computed by `abs`, so that derivatives of every order are right at 0.
private func lossesOfLogits(
  _ positive: Tensor, _ negative: Tensor, _ logits: Tensor, isWeighted: Bool
) -> Tensor {
  let isPositive = greaterOrEqual(logits, 0)
  let size = select(isPositive, logits, -logits)
  let common = log1p(exp(-size))
  return expected(select(isPositive, negative, positive), size)
    + (isWeighted ? (positive + negative) * common : common)
}

/// Targets times the weight of their class.
private func weighted(
  _ targets: Tensor, by weight: (any TensorOperand)?, _ loss: String
) -> Tensor {
  guard let weight = weight?.tensor(besideType: targets.elementType) else { return targets }
  if weight.error != nil { return weight }
  guard Shape.broadcast(weight.shape, targets.shape) == targets.shape else {
    return Tensor(
      invalid: OperationError(
        operation: loss, rule: "weights of classes that broadcast to the predictions' shape",
        got: "\(weight.shape) for predictions \(targets.shape)"))
  }
  return targets * weight.cast(to: targets.elementType)
}

extension Loss {
  /// The cross-entropy of probabilities of "yes".
  public static let binaryCrossEntropy = Loss.binaryCrossEntropy(fromLogits: false)

  /// The cross-entropy of probabilities of "yes", or of their logits.
  public static func binaryCrossEntropy(
    fromLogits: Bool, positiveWeight: Tensor? = nil, negativeWeight: Tensor? = nil,
    labelSmoothing: Double = 0
  ) -> Loss {
    Loss("binary_cross_entropy" + (fromLogits ? "_from_logits" : "")) { targets, predictions in
      RanvierFunctions.binaryCrossEntropy(
        targets, predictions, fromLogits: fromLogits, positiveWeight: positiveWeight,
        negativeWeight: negativeWeight, labelSmoothing: labelSmoothing, reduction: .none)
    }
  }
}
