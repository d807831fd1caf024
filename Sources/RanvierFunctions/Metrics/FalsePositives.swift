internal import RanvierTensors

extension Metric {
  /// How often "yes" was predicted and is not true.
  public static let falsePositives = Metric.falsePositives()

  /// How often "yes" was predicted and is not true.
  ///
  /// A class among several is predicted by being chosen. Weights are added up; without examples the
  /// count is 0.
  ///
  /// - Parameters:
  ///   - perClass: Whether there is a count for each class or label, `[classes]`, instead of their
  ///     sum.
  ///   - decision: How predictions become decisions.
  public static func falsePositives(
    perClass: Bool = false, deciding decision: Decision = .classes()
  ) -> Metric {
    ofCount("false_positives", operation: "falsePositives", perClass: perClass, decision) {
      $0.falsePositives
    }
  }
}
