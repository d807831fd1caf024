internal import RanvierTensors

extension Initializer {
  /// Uniformly distributed numbers of variance `2 / inputs`, for rectified linear units.
  ///
  /// - Source: He, Zhang, Ren & Sun 2015, arXiv:1502.01852.
  public static let heUniform = Initializer("he_uniform") { shape, key, type, _ in
    VarianceScaling(scale: 2, fan: .input).uniform(shape, key, type)
  }
}
