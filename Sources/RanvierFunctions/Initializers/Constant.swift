internal import RanvierTensors

extension Initializer {
  /// One value everywhere.
  public static func constant(_ value: Double) -> Initializer {
    Initializer("constant", options: ["value": value]) { shape, _, type, options in
      Tensor(repeating: options["value"] ?? value, shape: shape, elementType: type)
    }
  }
}
