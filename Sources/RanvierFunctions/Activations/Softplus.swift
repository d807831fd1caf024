public import RanvierTensors

/// A smooth version of `relu`: `log(1 + exp(x))`, whose derivative is `sigmoid(x)`.
///
/// Computed as `max(x, 0) + log1p(exp(-|x|))`, which neither overflows nor loses small results.
public func softplus(_ x: Tensor) -> Tensor {
  elementwise("softplus", x) {
    maximum($0, 0) + log1p(exp(-abs($0)))
  } slope: {
    sigmoid($0)
  }
}

extension Activation {
  /// A smooth version of the rectified linear unit.
  public static let softplus = Activation("softplus") { RanvierFunctions.softplus($0) }
}
