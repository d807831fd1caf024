internal import RanvierTensors

extension Metric {
  /// The share of what is not true that was not predicted: the recall of the negatives.
  public static let specificity = Metric.specificity()

  /// The share of what is not true that was not predicted: the recall of the negatives.
  ///
  /// `trueNegatives / (trueNegatives + falsePositives)`, exact over the data set.
  /// Where there is nothing to divide by it is 0, and without examples not-a-number.
  ///
  /// - Shapes: `targets` and `predictions` as the decision has it; `weights` their leading axes. A
  ///   scalar, or `[classes]` for ``Averaging/none``.
  /// - Parameters:
  ///   - averaging: How the values of several classes or labels become one.
  ///   - decision: How predictions become decisions.
  public static func specificity(
    averaging: Averaging = .macro, deciding decision: Decision = .classes()
  ) -> Metric {
    ofDecisions("specificity", operation: "specificity", averaging, decision) {
      ($0.trueNegatives, $0.trueNegatives + $0.falsePositives)
    }
  }
}
