public import RanvierTensors

/// Positive elements as they are, the others scaled down.
///
/// `x > 0 ? x : alpha * x`; the derivative at 0 is `alpha`.
///
/// - Source: Maas, Hannun & Ng 2013, "Rectifier nonlinearities improve neural network acoustic
///   models".
public func leakyRelu(_ x: Tensor, alpha: Double = 0.01) -> Tensor {
  // Minus infinity times 0 is not a number, but its limit is 0.
  if alpha == 0 { return relu(x).spelled("leakyRelu", x) }
  return withDerivative(of: { x in
    // Flatter to the left than to the right, the larger of two lines, which takes less time.
    alpha > 0 && alpha <= 1
      ? maximum(x, x * alpha) : select(greater(x, 0), x, x * alpha)
  }) { x, _, cotangent in
    select(greater(x, 0), cotangent, cotangent * alpha)
  }(x).spelled("leakyRelu", x)
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
