public import RanvierTensors

/// The Kullback-Leibler divergence of predicted distributions, over the last axis, from true ones.
///
/// `sum(targets * (log(targets) - log(predictions)))` along the last axis, where classes of target 0
/// count as 0: the cross-entropy less the targets' own entropy, and 0 where both are equal.
///
/// - Shapes: predictions and targets `[batch..., classes]`, weights the leading axes of `[batch...]`;
///   the result is a scalar, `[batch...]` for ``Reduction/none``.
/// - Parameters:
///   - targets: Distributions, or their logarithms.
///   - predictions: Distributions, or their logarithms.
///   - fromLogarithms: Whether predictions are logarithms of probabilities.
///   - logarithmicTargets: Whether targets are logarithms of probabilities.
///   - weights: How much each sample counts.
///   - reduction: What becomes of the losses. PyTorch's `batchmean` is ``Reduction/mean``.
/// - Note: The logarithm of a probability is taken of at least 1.2e-38 (2.2e-308 in `f64`), where
///   the derivative is 0.
public func klDivergence(
  _ targets: Tensor, _ predictions: Tensor, fromLogarithms: Bool = false,
  logarithmicTargets: Bool = false, weights: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
  reducedLoss("klDivergence", targets, predictions, weights: weights, reduction: reduction) {
    targets, predictions in
    let logarithms = fromLogarithms ? predictions : logarithm(ofProbability: predictions)
    let own = logarithmicTargets ? targets : logarithm(ofProbability: targets)
    let probabilities = logarithmicTargets ? exp(targets) : targets
    // Separately, because both may be minus infinity.
    let terms = expected(probabilities, own) - expected(probabilities, logarithms)
    return terms.sum(alongAxes: [-1])
  }
}

extension Loss {
  /// The Kullback-Leibler divergence of predicted distributions from true ones.
  public static let klDivergence = Loss.klDivergence(fromLogarithms: false)

  /// The Kullback-Leibler divergence of predicted distributions, or of those whose logarithms are
  /// predicted, from true ones.
  public static func klDivergence(
    fromLogarithms: Bool, logarithmicTargets: Bool = false
  ) -> Loss {
    Loss("kl_divergence" + (fromLogarithms ? "_from_logarithms" : "")) { targets, predictions in
      RanvierFunctions.klDivergence(
        targets, predictions, fromLogarithms: fromLogarithms,
        logarithmicTargets: logarithmicTargets, reduction: .none)
    }
  }
}
