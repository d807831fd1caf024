internal import RanvierTensors

extension Initializer {
  /// Uniformly distributed numbers of variance `2 / inputs`, for rectified linear units.
  ///
  /// - Source: He, Zhang, Ren & Sun 2015, arXiv:1502.01852.
  public static let heUniform = Initializer.heUniform(gain: 1)

  /// Uniformly distributed numbers of variance `gain^2 * 2 / inputs`.
  ///
  /// - Parameter gain: A factor of the standard deviation, as in PyTorch.
  public static func heUniform(gain: Double) -> Initializer {
    scaling("he_uniform", scale: 2, fan: .inputs, distribution: .uniform, gain: gain)
  }
}
