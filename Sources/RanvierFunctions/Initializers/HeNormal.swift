internal import RanvierTensors

extension Initializer {
  /// Normally distributed numbers, truncated at two standard deviations, of variance `2 / inputs`,
  /// for rectified linear units.
  ///
  /// - Source: He, Zhang, Ren & Sun 2015, arXiv:1502.01852.
  public static let heNormal = Initializer.heNormal(gain: 1)

  /// Normally distributed numbers, truncated at two standard deviations, of variance `gain^2 * 2 /
  /// inputs`.
  ///
  /// - Parameter gain: A factor of the standard deviation, as in PyTorch.
  public static func heNormal(gain: Double) -> Initializer {
    scaling("he_normal", scale: 2, fan: .inputs, distribution: .truncatedNormal, gain: gain)
  }
}
