internal import RanvierTensors

extension Metric {
  /// The share of what was predicted that is true.
  public static let precision = Metric.precision()

  /// The share of what was predicted that is true.
  ///
  /// `truePositives / (truePositives + falsePositives)`, exact over the data set rather than
  /// averaged over batches. Where there is nothing to divide by it is 0, and without examples
  /// not-a-number.
  ///
  /// - Shapes: `targets` and `predictions` as the decision has it; `weights` their leading axes. A
  ///   scalar, or `[classes]` for ``Averaging/none``.
  /// - Parameters:
  ///   - averaging: How the values of several classes or labels become one.
  ///   - decision: How predictions become decisions.
  public static func precision(
    averaging: Averaging = .macro, deciding decision: Decision = .classes()
  ) -> Metric {
    ofDecisions("precision", operation: "precision", averaging, decision) {
      ($0.truePositives, $0.truePositives + $0.falsePositives)
    }
  }
}
