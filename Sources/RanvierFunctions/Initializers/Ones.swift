internal import RanvierTensors

extension Initializer {
  /// Ones, for scales.
  public static let ones = Initializer("ones") { shape, _, type, _ in
    Tensor.ones(shape, elementType: type)
  }
}
