internal import RanvierTensors

extension Metric {
  /// How often "yes" was predicted and is true.
  public static let truePositives = Metric.truePositives()

  /// How often "yes" was predicted and is true.
  ///
  /// A class among several is predicted by being chosen. Weights are added up; without examples the
  /// count is 0.
  ///
  /// - Parameters:
  ///   - perClass: Whether there is a count for each class or label, `[classes]`, instead of their
  ///     sum.
  ///   - decision: How predictions become decisions.
  public static func truePositives(
    perClass: Bool = false, deciding decision: Decision = .classes()
  ) -> Metric {
    ofCount("true_positives", operation: "truePositives", perClass: perClass, decision) {
      $0.truePositives
    }
  }
}
