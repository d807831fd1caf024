internal import RanvierTensors

extension Initializer {
  /// Uniformly distributed numbers of variance `2 / (inputs + outputs)`, for tanh, sigmoid and
  /// softmax.
  ///
  /// - Source: Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward
  ///   neural networks".
  public static let glorotUniform = Initializer("glorot_uniform") { shape, key, type, _ in
    VarianceScaling(scale: 1, fan: .average).uniform(shape, key, type)
  }
}
