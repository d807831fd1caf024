public import RanvierTensors

/// Positive elements as they are, the others scaled down.
///
/// `x > 0 ? x : alpha * x`; the derivative at 0 is `alpha`.
public func leakyRelu(_ x: Tensor, alpha: Double = 0.01) -> Tensor {
  select(greater(x, 0), x, x * alpha)
}

extension Activation {
  /// Positive elements as they are, the others times 0.01.
  public static let leakyRelu = Activation.leakyRelu(alpha: 0.01)

  /// Positive elements as they are, the others times `alpha`.
  public static func leakyRelu(alpha: Double) -> Activation {
    Activation("leaky_relu", options: ["alpha": alpha]) { x, options in
      RanvierFunctions.leakyRelu(x, alpha: options["alpha"] ?? alpha)
    }
  }
}
