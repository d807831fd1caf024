public import RanvierTensors

/// A smooth unit without an upper limit that is slightly negative on the left:
/// `x * tanh(softplus(x))`.
///
/// Computed as a quotient of polynomials in `exp(-|x|)`, which neither overflows nor loses small
/// results; 0 at minus infinity.
///
/// - Source: Misra 2019, arXiv:1908.08681.
public func mish(_ x: Tensor) -> Tensor {
  elementwise("mish", x) { x in
    notFarBelow(x) * softplusTanh(x).value
  } slope: { x in
    let (tanh, rest) = softplusTanh(x)
    return tanh + nearby(x) * sigmoid(x) * rest * (tanh + 1)
  }
}

/// `tanh(softplus(x))`, and what it lacks to 1.
private func softplusTanh(_ x: Tensor) -> (value: Tensor, rest: Tensor) {
  let isNegative = less(x, 0)
  // Not minus the absolute value, whose derivative at 0 is 0.
  let power = exp(select(isNegative, x, -x))
  // With a power p of -x, ((1 + 1/p)^2 - 1) / ((1 + 1/p)^2 + 1); with one of x, p instead of 1/p.
  let twice = power * 2
  let part = select(isNegative, (power + 2) * power, twice + 1)
  let rest = select(isNegative, 2, twice * power)
  let whole = part + rest
  return (part / whole, rest / whole)
}

extension Activation {
  /// A smooth unit without an upper limit that is slightly negative on the left.
  public static let mish = Activation("mish") { RanvierFunctions.mish($0) }
}
