public import RanvierTensors

/// The exponential linear unit: positive elements as they are, the others saturating at `-alpha`.
///
/// `x > 0 ? x : alpha * (exp(x) - 1)`; the derivative at 0 is `alpha`.
///
/// - Source: Clevert, Unterthiner & Hochreiter 2015, arXiv:1511.07289.
public func elu(_ x: Tensor, alpha: Double = 1) -> Tensor {
  let isPositive = greater(x, 0)
  // Positive elements are kept from the exponential: its overflow would make derivatives
  // not-a-number.
  let negative = select(isPositive, 0, x)
  return select(isPositive, x, expm1(negative) * alpha).spelled("elu", x)
}

extension Activation {
  /// The exponential linear unit that saturates at -1.
  public static let elu = Activation.elu(alpha: 1)

  /// The exponential linear unit that saturates at `-alpha`.
  public static func elu(alpha: Double) -> Activation {
    Activation("elu", options: ["alpha": alpha]) { x, options in
      RanvierFunctions.elu(x, alpha: options["alpha"] ?? alpha)
    }
  }
}
