internal import RanvierTensors

extension Metric {
  /// The mean of the sizes of the differences between predictions and targets.
  ///
  /// `sum(weights * |predictions - targets|) / sum(weights)` over all elements.
  ///
  /// - Shapes: targets as predictions, `[batch...]`; weights their leading axes.
  public static let meanAbsoluteError = Metric.mean(of: "mean_absolute_error") {
    RanvierFunctions.meanAbsoluteError($0, $1, perElement: true, reduction: .none)
  }
}
