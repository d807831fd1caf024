public import RanvierTensors

/// The loss of a critic that tells real examples from made ones, and of what makes them.
///
/// `targets * predictions` for each element, and the mean along the last axis for each sample. With
/// targets of -1 for real and 1 for made examples, a critic that makes it small estimates the
/// Wasserstein distance of both; a generator takes targets of -1 for what it has made.
///
/// - Shapes: targets as predictions; weights the leading axes of the losses. There is one loss for
///   each index before the last axis, for each element of a vector or with `perElement`.
/// - Parameters:
///   - targets: -1 and 1.
///   - predictions: The critic's scores.
///   - weights: How much each loss counts.
///   - perElement: Whether elements are not averaged along the last axis first.
///   - reduction: What becomes of the losses.
/// - Source: Arjovsky, Chintala, Bottou, Wasserstein GAN, 2017.
public func wasserstein(
  _ targets: Tensor, _ predictions: Tensor, weights: Tensor? = nil, perElement: Bool = false,
  reduction: Reduction = .mean
) -> Tensor {
  reducedLoss(
    "wasserstein", targets, predictions, weights: weights, perElement: perElement,
    reduction: reduction
  ) { expected($0, $1) }
}

extension Loss {
  /// The loss of a critic: targets are -1 for real and 1 for made examples.
  public static let wasserstein = Loss("wasserstein") { targets, predictions in
    RanvierFunctions.wasserstein(targets, predictions, reduction: .none)
  }
}
