internal import RanvierTensors

extension Initializer {
  /// Normally distributed numbers of standard deviation 0.01, none further than 0.02 from 0.
  public static let truncatedNormal = Initializer.truncatedNormal(standardDeviation: 0.01)

  /// Normally distributed numbers within some standard deviations of the mean.
  ///
  /// As in Keras and JAX, the standard deviation is that of the distribution before it is truncated;
  /// with a limit of 2, that of the numbers is 0.8796 times as large.
  ///
  /// - Parameters:
  ///   - mean: The middle of the distribution.
  ///   - standardDeviation: The standard deviation of the whole distribution.
  ///   - limit: How many standard deviations from the mean numbers end.
  public static func truncatedNormal(
    mean: Double = 0, standardDeviation: Double, limit: Double = 2
  ) -> Initializer {
    Initializer(
      "truncated_normal",
      options: ["mean": mean, "standard_deviation": standardDeviation, "limit": limit]
    ) { shape, key, type, options in
      let limit = options["limit"] ?? limit
      let numbers = key.truncatedNormal(shape, from: -limit, to: limit, elementType: type)
      return numbers * (options["standard_deviation"] ?? standardDeviation)
        + (options["mean"] ?? mean)
    }
  }
}
