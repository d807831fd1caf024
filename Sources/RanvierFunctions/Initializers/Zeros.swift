internal import RanvierTensors

extension Initializer {
  /// Zeros, for biases.
  public static let zeros = Initializer("zeros") { shape, _, type, _ in
    Tensor.zeros(shape, elementType: type)
  }
}
