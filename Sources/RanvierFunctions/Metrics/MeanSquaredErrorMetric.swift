internal import RanvierTensors

extension Metric {
  /// The mean of the squares of the differences between predictions and targets.
  ///
  /// `sum(weights * (predictions - targets)^2) / sum(weights)` over all elements.
  ///
  /// - Shapes: targets as predictions, `[batch...]`; weights their leading axes.
  public static let meanSquaredError = Metric.mean(of: "mean_squared_error") {
    RanvierFunctions.meanSquaredError($0, $1, perElement: true, reduction: .none)
  }
}
