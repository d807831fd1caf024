internal import RanvierTensors

extension Initializer {
  /// Normally distributed numbers, truncated at two standard deviations, of variance `2 / inputs`,
  /// for rectified linear units.
  ///
  /// - Source: He, Zhang, Ren & Sun 2015, arXiv:1502.01852.
  public static let heNormal = Initializer("he_normal") { shape, key, type, _ in
    VarianceScaling(scale: 2, fan: .input).truncatedNormal(shape, key, type)
  }
}
