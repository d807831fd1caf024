internal import RanvierTensors

extension Initializer {
  /// Normally distributed numbers, truncated at two standard deviations, of variance
  /// `2 / (inputs + outputs)`, for tanh, sigmoid and softmax.
  ///
  /// - Source: Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward
  ///   neural networks".
  public static let glorotNormal = Initializer("glorot_normal") { shape, key, type, _ in
    VarianceScaling(scale: 1, fan: .average).truncatedNormal(shape, key, type)
  }
}
