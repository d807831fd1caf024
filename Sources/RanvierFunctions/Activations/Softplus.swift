public import RanvierTensors

/// A smooth version of `relu`: `log(1 + exp(x))`.
///
/// Computed as `max(x, 0) + log1p(exp(-|x|))`, which neither overflows nor loses small results.
public func softplus(_ x: Tensor) -> Tensor {
  (maximum(x, 0) + log1p(exp(-abs(x)))).spelled("softplus", x)
}

extension Activation {
  /// A smooth version of the rectified linear unit.
  public static let softplus = Activation("softplus") { RanvierFunctions.softplus($0) }
}
