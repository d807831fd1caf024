public import RanvierTensors

/// The Gaussian error linear unit by an approximation with the hyperbolic tangent, which differs
/// from ``gelu(_:)`` by at most 0.0005.
///
/// `x / 2 * (1 + tanh(u))` with `u = sqrt(2 / pi) * (x + 0.044715 * x^3)`, computed as
/// `x * sigmoid(2u)`, which keeps small results on the left; 0 at minus infinity. For weights of
/// models that were trained with it, such as GPT-2.
///
/// - Source: Hendrycks & Gimpel 2016, arXiv:1606.08415, section 2; PyTorch's
///   `approximate="tanh"`.
public func geluTanh(_ x: Tensor) -> Tensor {
  // 2 * sqrt(2 / pi)
  let steepness = 1.5957691216057308
  let cubic = 0.044715
  /// The sigmoid's argument. Far out a cube would overflow.
  @Sendable func argument(_ x: Tensor) -> Tensor {
    let x = nearby(x)
    return (x * x * (cubic * steepness) + steepness) * x
  }
  return elementwise("geluTanh", x) { x in
    notFarBelow(x) * sigmoid(argument(x))
  } slope: { x in
    let share = sigmoid(argument(x))
    let x = nearby(x)
    // The other share from its own sigmoid: 1 - share has lost its digits on the right.
    let change = sigmoid(-argument(x)) * (x * x * (3 * cubic * steepness) + steepness)
    return share * (x * change + 1)
  }
}

extension Activation {
  /// The Gaussian error linear unit by its approximation with the hyperbolic tangent.
  public static let geluTanh = Activation("gelu_tanh") { RanvierFunctions.geluTanh($0) }
}
