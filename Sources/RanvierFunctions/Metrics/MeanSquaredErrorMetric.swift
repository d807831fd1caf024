internal import RanvierTensors

extension Metric {
  /// The mean of the squares of the differences between predictions and targets.
  public static let meanSquaredError = Metric.mean(of: .meanSquaredError)
}
