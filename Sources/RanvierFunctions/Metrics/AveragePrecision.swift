internal import RanvierTensors

extension Metric {
  /// The area under the curve of precision over recall: the mean precision at each "yes".
  public static let averagePrecision = Metric.averagePrecision()

  /// The area under the curve of precision over recall: the mean precision at each "yes".
  ///
  /// `sum((recall[i] - recall[i - 1]) * precision[i])` over falling thresholds, without
  /// interpolating between them. Exact over the data set: batches do not matter, nor does the scale
  /// of the scores. Several classes or labels, the last axis, are each measured against all others.
  /// Without a single "yes" it is not-a-number, and so is an average with it.
  ///
  /// - Shapes: predictions `[batch]` or `[batch..., classes]`; targets of the same shape, true
  ///   above 0.5, or integers `[batch...]`; weights the leading axes of `[batch...]`. A scalar, or
  ///   `[classes]` for ``Averaging/none``.
  /// - Parameters:
  ///   - points: The points of the curve; all of them by default.
  ///   - averaging: How the areas of several classes or labels become one.
  public static func averagePrecision(
    points: CurvePoints = .all, averaging: Averaging = .macro
  ) -> Metric {
    ofCurve("average_precision", operation: "averagePrecision", points, averaging) { curve in
      let precisions = quotient(
        curve.truePositives, curve.truePositives + curve.falsePositives)
      return (curve.positives * precisions).sum(alongAxes: [-1])
        / curve.positives.sum(alongAxes: [-1])
    }
  }
}
