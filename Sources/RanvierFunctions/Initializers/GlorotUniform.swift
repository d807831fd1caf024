internal import RanvierTensors

extension Initializer {
  /// Uniformly distributed numbers of variance `2 / (inputs + outputs)`, for tanh, sigmoid and
  /// softmax.
  ///
  /// - Source: Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward
  ///   neural networks".
  public static let glorotUniform = Initializer.glorotUniform(gain: 1)

  /// Uniformly distributed numbers of variance `gain^2 * 2 / (inputs + outputs)`.
  ///
  /// - Parameter gain: A factor of the standard deviation, as in PyTorch.
  public static func glorotUniform(gain: Double) -> Initializer {
    scaling("glorot_uniform", scale: 1, fan: .average, distribution: .uniform, gain: gain)
  }
}
