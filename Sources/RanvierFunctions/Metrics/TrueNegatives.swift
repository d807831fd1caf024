internal import RanvierTensors

extension Metric {
  /// How often "no" was predicted and is true.
  public static let trueNegatives = Metric.trueNegatives()

  /// How often "no" was predicted and is true.
  ///
  /// A class among several is predicted by being chosen. Weights are added up; without examples the
  /// count is 0.
  ///
  /// - Parameters:
  ///   - perClass: Whether there is a count for each class or label, `[classes]`, instead of their
  ///     sum.
  ///   - decision: How predictions become decisions.
  public static func trueNegatives(
    perClass: Bool = false, deciding decision: Decision = .classes()
  ) -> Metric {
    ofCount("true_negatives", operation: "trueNegatives", perClass: perClass, decision) {
      $0.trueNegatives
    }
  }
}
