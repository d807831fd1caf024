internal import RanvierTensors

extension Initializer {
  /// Normally distributed numbers, truncated at two standard deviations, of variance `2 / (inputs +
  /// outputs)`, for tanh, sigmoid and softmax.
  ///
  /// - Source: Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward
  ///   neural networks".
  public static let glorotNormal = Initializer.glorotNormal(gain: 1)

  /// Normally distributed numbers, truncated at two standard deviations, of variance `gain^2 * 2 /
  /// (inputs + outputs)`.
  ///
  /// - Parameter gain: A factor of the standard deviation, as in PyTorch.
  public static func glorotNormal(gain: Double) -> Initializer {
    scaling("glorot_normal", scale: 1, fan: .average, distribution: .truncatedNormal, gain: gain)
  }
}
