internal import RanvierTensors

extension Initializer {
  /// Normally distributed numbers, truncated at two standard deviations, of variance `1 / inputs`,
  /// for scaled exponential linear units.
  ///
  /// - Source: LeCun, Bottou, Orr & Müller 1998, "Efficient BackProp".
  public static let lecunNormal = Initializer("lecun_normal") { shape, key, type, _ in
    VarianceScaling(scale: 1, fan: .input).truncatedNormal(shape, key, type)
  }
}
