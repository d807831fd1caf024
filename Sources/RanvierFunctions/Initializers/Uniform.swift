internal import RanvierTensors

extension Initializer {
  /// Uniformly distributed numbers of `-0.01 ..< 0.01`.
  public static let uniform = Initializer.uniform(scale: 0.01)

  /// Uniformly distributed numbers of `-scale ..< scale`.
  public static func uniform(scale: Double) -> Initializer {
    Initializer("uniform", options: ["scale": scale]) { shape, key, type, options in
      let limit = options["scale"] ?? scale
      return key.uniform(shape, from: -limit, to: limit, elementType: type)
    }
  }
}
