internal import RanvierTensors

extension Initializer {
  /// Zeros, but ones for the forget gate of an LSTM, which then remembers from the start.
  ///
  /// - Source: Jozefowicz, Zaremba & Sutskever 2015, "An empirical exploration of recurrent network
  ///   architectures".
  public static let forgetBias = Initializer.forgetBias(1)

  /// Zeros, but a constant for the second quarter of the last axis: the forget gate of an LSTM.
  public static func forgetBias(_ value: Double) -> Initializer {
    Initializer("forget_bias", options: ["value": value]) { shape, _, type, options in
      guard let count = shape.sizes.last else { return Tensor.zeros([], elementType: type) }
      let constant = Tensor(options["value"] ?? value, elementType: type)
      let positions = Tensor.range(count)
      let isForgetGate = bitwiseAnd(
        greaterOrEqual(positions, count / 4), less(positions, count / 2))
      return select(isForgetGate, constant, Tensor.zeros(shape, elementType: type))
    }
  }
}
