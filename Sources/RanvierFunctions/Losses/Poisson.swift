public import RanvierTensors

/// How improbable counts are if they are Poisson distributed with predicted rates.
///
/// `predictions - targets * log(predictions)` for each element, and the mean along the last axis for
/// each sample; on logarithms of rates `exp(predictions) - targets * predictions`. What only depends
/// on the targets, `log(targets!)`, is left out.
///
/// - Shapes: targets as predictions; weights the leading axes of the losses. There is one loss for
///   each index before the last axis, for each element of a vector or with `perElement`.
/// - Parameters:
///   - targets: Counts.
///   - predictions: Rates, or logarithms of rates.
///   - fromLogarithms: Whether predictions are logarithms, so that every number is a rate.
///   - weights: How much each loss counts.
///   - perElement: Whether elements are not averaged along the last axis first.
///   - reduction: What becomes of the losses.
/// - Note: The logarithm of a rate is taken of at least 1.2e-38 (2.2e-308 in `f64`), where the
///   derivative of the second term is 0.
public func poisson(
  _ targets: Tensor, _ predictions: Tensor, fromLogarithms: Bool = false, weights: Tensor? = nil,
  perElement: Bool = false, reduction: Reduction = .mean
) -> Tensor {
  reducedLoss(
    "poisson", targets, predictions, weights: weights, perElement: perElement,
    reduction: reduction
  ) { targets, predictions in
    if fromLogarithms {
      // Exponentials are infinite long before; two infinities would have no difference.
      return exp(predictions) - expected(targets, minimum(predictions, 1e4))
    }
    let greatest =
      predictions.elementType == .float64
      ? Double.greatestFiniteMagnitude : Double(Float.greatestFiniteMagnitude)
    return predictions - targets * logarithm(ofProbability: minimum(predictions, greatest))
  }
}

extension Loss {
  /// How improbable counts are if they are Poisson distributed with predicted rates.
  public static let poisson = Loss.poisson(fromLogarithms: false)

  /// How improbable counts are if they are Poisson distributed with predicted rates, or with rates
  /// whose logarithms are predicted.
  public static func poisson(fromLogarithms: Bool) -> Loss {
    Loss("poisson" + (fromLogarithms ? "_from_logarithms" : "")) { targets, predictions in
      RanvierFunctions.poisson(
        targets, predictions, fromLogarithms: fromLogarithms, reduction: .none)
    }
  }
}
