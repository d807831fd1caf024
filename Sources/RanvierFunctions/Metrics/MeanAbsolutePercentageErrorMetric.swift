internal import RanvierTensors

extension Metric {
  /// The mean of the sizes of the differences, in percent of the targets.
  ///
  /// The mean over all elements of `100 * |predictions - targets| / max(|targets|, 1e-7)`.
  ///
  /// - Shapes: targets as predictions, `[batch...]`; weights their leading axes.
  public static let meanAbsolutePercentageError = Metric.mean(of: "mean_absolute_percentage_error")
  {
    RanvierFunctions.meanAbsolutePercentageError($0, $1, perElement: true, reduction: .none)
  }
}
