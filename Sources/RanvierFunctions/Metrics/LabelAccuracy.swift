internal import RanvierTensors

extension Metric {
  /// The share of labels that are right, each decided on its own.
  public static let labelAccuracy = Metric.labelAccuracy()

  /// The share of labels that are right, each decided on its own.
  ///
  /// `(truePositives + trueNegatives) / all`. ``exactMatch(threshold:)`` asks for all labels of an
  /// example to be right.
  ///
  /// - Shapes: targets and predictions `[batch..., labels]`, weights the leading axes; a scalar, or
  ///   `[labels]` for ``Averaging/none``.
  /// - Parameters:
  ///   - threshold: The prediction above which a label is predicted: 0.5 for probabilities, 0 for
  ///     logits.
  ///   - averaging: How the values of the labels become one.
  public static func labelAccuracy(
    threshold: Double = 0.5, averaging: Averaging = .micro
  ) -> Metric {
    ofDecisions(
      "label_accuracy", operation: "labelAccuracy", averaging, .labels(threshold: threshold)
    ) {
      let right = $0.truePositives + $0.trueNegatives
      return (right, right + $0.falsePositives + $0.falseNegatives)
    }
  }
}
