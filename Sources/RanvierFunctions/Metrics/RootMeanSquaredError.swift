internal import RanvierTensors

extension Metric {
  /// The root of the mean of the squares of the differences between predictions and targets.
  ///
  /// The root is taken once, of the mean over the whole data set.
  ///
  /// - Shapes: targets as predictions, `[batch...]`; weights their leading axes.
  public static let rootMeanSquaredError = Metric.meanSquaredError.mapped(
    "root_mean_squared_error"
  ) { RanvierTensors.sqrt($0) }
}
