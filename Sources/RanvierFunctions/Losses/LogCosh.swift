public import RanvierTensors

/// The logarithm of the hyperbolic cosine of the differences between predictions and targets.
///
/// `log(cosh(predictions - targets))` for each element, and the mean along the last axis for each
/// sample: about half the square of a small difference, and the size of a large one less `log(2)`.
/// The derivative is the hyperbolic tangent.
///
/// - Shapes: targets as predictions; weights the leading axes of the losses. There is one loss for
///   each index before the last axis, for each element of a vector or with `perElement`.
/// - Parameters:
///   - targets: The true values.
///   - predictions: The predicted values.
///   - weights: How much each loss counts.
///   - perElement: Whether elements are not averaged along the last axis first.
///   - reduction: What becomes of the losses.
/// - Note: Nothing overflows, and small differences keep their digits.
public func logCosh(
  _ targets: Tensor, _ predictions: Tensor, weights: Tensor? = nil, perElement: Bool = false,
  reduction: Reduction = .mean
) -> Tensor {
  reducedLoss(
    "logCosh", targets, predictions, weights: weights, perElement: perElement,
    reduction: reduction
  ) { targets, predictions in
    elementwise("logCosh", predictions - targets) { difference in
      let size = abs(difference)
      let isSmall = less(size, 1)
      // cosh(x) - 1 is 2 sinh(x / 2)^2; the formula for large sizes would lose small results.
      let half = sinh(select(isSmall, difference, 0) * 0.5)
      let large = select(isSmall, 1, size)
      let logarithmOf2 = 0.693147180559945309
      return select(
        isSmall, log1p(2 * (half * half)), large + (log1p(exp(-2 * large)) - logarithmOf2))
    } slope: {
      tanh($0)
    }
  }
}

extension Loss {
  /// The logarithm of the hyperbolic cosine of the differences.
  public static let logCosh = Loss("log_cosh") { targets, predictions in
    RanvierFunctions.logCosh(targets, predictions, reduction: .none)
  }
}
