public import RanvierTensors

/// The continuously differentiable exponential linear unit: positive elements as they are, the
/// others saturating at `-alpha`, with derivative 1 on both sides of 0.
///
/// `x > 0 ? x : alpha * (exp(x / alpha) - 1)`
///
/// - Parameters:
///   - x: The elements.
///   - alpha: Where negative elements saturate, and how fast; not 0.
/// - Source: Barron 2017, arXiv:1704.07483.
public func celu(_ x: Tensor, alpha: Double = 1) -> Tensor {
  if x.error != nil { return x }
  guard alpha != 0, alpha.isFinite else {
    return Tensor(
      invalid: OperationError(
        operation: "celu", rule: "a finite alpha other than 0", got: "\(alpha)",
        hint: "the limit for small alpha is relu"))
  }
  return exponentialLinear("celu", x, height: alpha, width: alpha)
}

extension Activation {
  /// The continuously differentiable exponential linear unit that saturates at -1.
  public static let celu = Activation.celu(alpha: 1)

  /// The continuously differentiable exponential linear unit that saturates at `-alpha`.
  public static func celu(alpha: Double) -> Activation {
    Activation("celu", options: ["alpha": alpha]) { x, options in
      RanvierFunctions.celu(x, alpha: options["alpha"] ?? alpha)
    }
  }
}
