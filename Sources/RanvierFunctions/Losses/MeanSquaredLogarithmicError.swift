public import RanvierTensors

/// The mean of the squares of the differences between logarithms: relative errors count, not their
/// sizes.
///
/// `mean((log(1 + predictions) - log(1 + targets))^2)` along the last axis for each sample, where
/// numbers below 0 count as 0.
///
/// - Shapes: targets as predictions; weights the leading axes of the losses. There is one loss for
///   each index before the last axis, for each element of a vector or with `perElement`.
/// - Parameters:
///   - targets: The true values, 0 or more.
///   - predictions: The predicted values, 0 or more.
///   - weights: How much each loss counts.
///   - perElement: Whether elements are not averaged along the last axis first.
///   - reduction: What becomes of the losses.
public func meanSquaredLogarithmicError(
  _ targets: Tensor, _ predictions: Tensor, weights: Tensor? = nil, perElement: Bool = false,
  reduction: Reduction = .mean
) -> Tensor {
  reducedLoss(
    "meanSquaredLogarithmicError", targets, predictions, weights: weights, perElement: perElement,
    reduction: reduction
  ) { targets, predictions in
    func logarithm(_ x: Tensor) -> Tensor {
      // Infinity has a derivative of 0, which would meet an infinite difference. What is negative
      // is chosen rather than cut off by a maximum, which would halve the derivative at 0.
      let isInfinity = isInfinite(x)
      let inside = log1p(select(bitwiseOr(isInfinity, less(x, 0)), 0, x))
      return select(bitwiseAnd(isInfinity, greater(x, 0)), stopGradient(x), inside)
    }
    return square(logarithm(predictions) - logarithm(targets))
  }
}

extension Loss {
  /// The mean of the squares of the differences between logarithms.
  public static let meanSquaredLogarithmicError = Loss("mean_squared_logarithmic_error") {
    targets, predictions in
    RanvierFunctions.meanSquaredLogarithmicError(targets, predictions, reduction: .none)
  }
}
