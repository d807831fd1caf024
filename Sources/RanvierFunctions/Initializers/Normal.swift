internal import RanvierTensors

extension Initializer {
  /// Normally distributed numbers of mean 0 and standard deviation 0.01.
  public static let normal = Initializer.normal(standardDeviation: 0.01)

  /// Normally distributed numbers.
  public static func normal(mean: Double = 0, standardDeviation: Double) -> Initializer {
    Initializer(
      "normal", options: ["mean": mean, "standard_deviation": standardDeviation]
    ) { shape, key, type, options in
      key.normal(
        shape, mean: options["mean"] ?? mean,
        standardDeviation: options["standard_deviation"] ?? standardDeviation, elementType: type)
    }
  }
}
