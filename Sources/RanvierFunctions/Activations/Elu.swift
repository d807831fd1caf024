public import RanvierTensors

/// The exponential linear unit: positive elements as they are, the others saturating at `-alpha`.
///
/// `x > 0 ? x : alpha * (exp(x) - 1)`; the derivative at 0 is `alpha`.
///
/// - Source: Clevert, Unterthiner & Hochreiter 2015, arXiv:1511.07289.
public func elu(_ x: Tensor, alpha: Double = 1) -> Tensor {
  exponentialLinear("elu", x, height: alpha)
}

/// `scale * (x > 0 ? x : height * (exp(x / width) - 1))`, the family of exponential linear units.
func exponentialLinear(
  _ spelling: String, _ x: Tensor, height: Double, width: Double = 1, scale: Double = 1
) -> Tensor {
  // Positive elements are kept from the exponential, which would overflow.
  @Sendable func exponent(_ x: Tensor) -> Tensor {
    let negative = select(greater(x, 0), 0, x)
    return width == 1 ? negative : negative / width
  }
  return elementwise(spelling, x) { x in
    let positive = scale == 1 ? x : x * scale
    return select(greater(x, 0), positive, expm1(exponent(x)) * (height * scale))
  } slope: { x in
    // Not the value plus alpha, which is 0 where the exponential is only small.
    select(greater(x, 0), scale, exp(exponent(x)) * (height / width * scale))
  }
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
