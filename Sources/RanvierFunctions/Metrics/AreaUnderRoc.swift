internal import RanvierTensors

extension Metric {
  /// The area under the receiver operating characteristic: the chance that a "yes" has a larger
  /// score than a "no".
  public static let areaUnderROC = Metric.areaUnderROC()

  /// The area under the receiver operating characteristic: the chance that a "yes" has a larger
  /// score than a "no", where equal scores count one half.
  ///
  /// Exact over the data set: batches do not matter, nor does the scale of the scores, which may be
  /// probabilities or logits. Several classes or labels, the last axis, are each measured against
  /// all others. Where there are no examples of both kinds the area is not-a-number, and so is an
  /// average with it.
  ///
  /// - Shapes: predictions `[batch]` or `[batch..., classes]`; targets of the same shape, true
  ///   above 0.5, or integers `[batch...]`; weights the leading axes of `[batch...]`. A scalar, or
  ///   `[classes]` for ``Averaging/none``.
  /// - Parameters:
  ///   - points: The points of the curve; all of them by default.
  ///   - averaging: How the areas of several classes or labels become one.
  /// - Source: Fawcett, An introduction to ROC analysis, 2006.
  public static func areaUnderROC(
    points: CurvePoints = .all, averaging: Averaging = .macro
  ) -> Metric {
    ofCurve("area_under_roc", operation: "areaUnderROC", points, averaging) { curve in
      // Pairs in which the "no" comes at the same time or earlier, and in which the "yes" does.
      let late = (curve.positives * curve.falsePositives).sum(alongAxes: [-1])
      let early = (curve.negatives * curve.truePositives).sum(alongAxes: [-1])
      let pairs = curve.positives.sum(alongAxes: [-1]) * curve.negatives.sum(alongAxes: [-1])
      return (early - late) / pairs / 2 + 0.5
    }
  }
}
