internal import RanvierTensors

extension Initializer {
  /// Normally distributed numbers, truncated at two standard deviations, of variance `1 / inputs`,
  /// for scaled exponential linear units.
  ///
  /// - Source: LeCun, Bottou, Orr & Müller 1998, "Efficient BackProp".
  public static let lecunNormal = Initializer.lecunNormal(gain: 1)

  /// Normally distributed numbers, truncated at two standard deviations, of variance `gain^2 * 1 /
  /// inputs`.
  ///
  /// - Parameter gain: A factor of the standard deviation, as in PyTorch.
  public static func lecunNormal(gain: Double) -> Initializer {
    scaling("lecun_normal", scale: 1, fan: .inputs, distribution: .truncatedNormal, gain: gain)
  }
}
