internal import RanvierTensors

extension Metric {
  /// The mean of the squares of the differences between logarithms.
  ///
  /// The mean over all elements of `(log(1 + predictions) - log(1 + targets))^2`, where numbers
  /// below 0 count as 0.
  ///
  /// - Shapes: targets as predictions, `[batch...]`; weights their leading axes.
  public static let meanSquaredLogarithmicError = Metric.mean(of: "mean_squared_logarithmic_error")
  {
    RanvierFunctions.meanSquaredLogarithmicError($0, $1, perElement: true, reduction: .none)
  }
}
