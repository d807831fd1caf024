public import RanvierTensors

/// The cross-entropy of predicted probabilities of "yes" with the true ones.
///
/// `-(targets * log(predictions) + (1 - targets) * log(1 - predictions))` for each element, and the
/// mean along the last axis for each sample; on logits
/// `max(x, 0) - x * targets + log1p(exp(-|x|))`.
///
/// - Shapes: targets as predictions; weights the leading axes of the losses. There is one loss for
///   each index before the last axis, for each element of a vector or with `perElement`.
/// - Parameters:
///   - targets: Probabilities, or `true` and `false`.
///   - predictions: Probabilities, or logits.
///   - fromLogits: Whether predictions are logits: more exact than probabilities from `sigmoid`.
///   - weights: How much each loss counts.
///   - perElement: Whether elements are not averaged along the last axis first.
///   - reduction: What becomes of the losses.
/// - Note: Logarithms are taken of at least 1.2e-38, so that a wrong certainty gives 87.3. Their
///   derivative is 0 there.
public func binaryCrossEntropy(
  _ targets: Tensor, _ predictions: Tensor, fromLogits: Bool = false, weights: Tensor? = nil,
  perElement: Bool = false, reduction: Reduction = .mean
) -> Tensor {
  do {
    let operands = try LossOperands(targets, predictions, loss: "binaryCrossEntropy")
    let (t, p) = (operands.targets, operands.predictions)
    let losses = fromLogits ? lossesOfLogits(t, p) : lossesOfProbabilities(t, p)
    return reduction(perElement ? losses : perSample(losses), weights: weights)
      .spelled("binaryCrossEntropy", weights ?? targets)
  } catch {
    return Tensor(invalid: error)
  }
}

private func lossesOfLogits(_ targets: Tensor, _ logits: Tensor) -> Tensor {
  let linear = maximum(logits, 0) - logits * targets
  return linear + log1p(exp(-abs(logits)))
}

private func lossesOfProbabilities(_ targets: Tensor, _ probabilities: Tensor) -> Tensor {
  let yes = targets * log(maximum(probabilities, smallestProbability))
  let no = (1 - targets) * log(maximum(1 - probabilities, smallestProbability))
  return -(yes + no)
}

extension Loss {
  /// The cross-entropy of probabilities of "yes".
  public static let binaryCrossEntropy = Loss.binaryCrossEntropy(fromLogits: false)

  /// The cross-entropy of probabilities of "yes", or of their logits.
  public static func binaryCrossEntropy(fromLogits: Bool) -> Loss {
    Loss("binary_cross_entropy" + (fromLogits ? "_from_logits" : "")) { targets, predictions in
      RanvierFunctions.binaryCrossEntropy(
        targets, predictions, fromLogits: fromLogits, reduction: .none)
    }
  }
}
