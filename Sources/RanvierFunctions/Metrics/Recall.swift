internal import RanvierTensors

extension Metric {
  /// The share of what is true that was predicted, also called sensitivity.
  public static let recall = Metric.recall()

  /// The share of what is true that was predicted, also called sensitivity.
  ///
  /// `truePositives / (truePositives + falseNegatives)`, exact over the data set rather than
  /// averaged over batches. Where there is nothing to divide by it is 0, and without examples
  /// not-a-number.
  ///
  /// - Shapes: `targets` and `predictions` as the decision has it; `weights` their leading axes. A
  ///   scalar, or `[classes]` for ``Averaging/none``.
  /// - Parameters:
  ///   - averaging: How the values of several classes or labels become one.
  ///   - decision: How predictions become decisions.
  public static func recall(
    averaging: Averaging = .macro, deciding decision: Decision = .classes()
  ) -> Metric {
    ofDecisions("recall", operation: "recall", averaging, decision) {
      ($0.truePositives, $0.truePositives + $0.falseNegatives)
    }
  }
}
