internal import RanvierTensors

extension Initializer {
  /// Uniformly distributed numbers of variance `1 / inputs`, for scaled exponential linear units.
  ///
  /// - Source: LeCun, Bottou, Orr & Müller 1998, "Efficient BackProp".
  public static let lecunUniform = Initializer("lecun_uniform") { shape, key, type, _ in
    VarianceScaling(scale: 1, fan: .input).uniform(shape, key, type)
  }
}
