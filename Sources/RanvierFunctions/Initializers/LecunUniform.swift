internal import RanvierTensors

extension Initializer {
  /// Uniformly distributed numbers of variance `1 / inputs`, for scaled exponential linear units.
  ///
  /// - Source: LeCun, Bottou, Orr & Müller 1998, "Efficient BackProp".
  public static let lecunUniform = Initializer.lecunUniform(gain: 1)

  /// Uniformly distributed numbers of variance `gain^2 * 1 / inputs`.
  ///
  /// - Parameter gain: A factor of the standard deviation, as in PyTorch.
  public static func lecunUniform(gain: Double) -> Initializer {
    scaling("lecun_uniform", scale: 1, fan: .inputs, distribution: .uniform, gain: gain)
  }
}
