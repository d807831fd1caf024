public import RanvierTensors

/// A sigmoid linear unit with ``hardSigmoid(_:alpha:beta:)`` for its sigmoid, also called
/// hard swish.
///
/// `x * min(max(alpha * x + beta, 0), 1)`. The defaults, 1/6 and 1/2, give `x * relu6(x + 3) / 6`.
/// 0 at minus infinity; at the ends of the sigmoid's slope the derivatives are those outside, 0 and
/// 1.
///
/// - Parameters:
///   - x: The elements.
///   - alpha: The derivative of the sigmoid's slope, positive.
///   - beta: The sigmoid of 0.
/// - Source: Howard et al. 2019, arXiv:1905.02244. Axon's constants are 0.2 and 0.2.
public func hardSilu(_ x: Tensor, alpha: Double = 1 / 6.0, beta: Double = 0.5) -> Tensor {
  hardSigmoid("hardSilu", x, alpha: alpha, beta: beta) {
    // From where the sigmoid is 0 on, any finite factor does.
    maximum($0, -beta / alpha) * $1
  } slope: {
    (between: $0 * (2 * alpha) + beta, above: 1)
  }
}

extension Activation {
  /// A sigmoid linear unit of straight pieces and a parabola, `x * relu6(x + 3) / 6`.
  public static let hardSilu = Activation.hardSilu(alpha: 1 / 6.0, beta: 0.5)

  /// A sigmoid linear unit with `min(max(alpha * x + beta, 0), 1)` for its sigmoid.
  public static func hardSilu(alpha: Double, beta: Double) -> Activation {
    Activation("hard_silu", options: ["alpha": alpha, "beta": beta]) { x, options in
      RanvierFunctions.hardSilu(
        x, alpha: options["alpha"] ?? alpha, beta: options["beta"] ?? beta)
    }
  }
}
