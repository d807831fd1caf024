internal import RanvierTensors

extension Metric {
  /// The mean of the sizes of the differences between predictions and targets.
  public static let meanAbsoluteError = Metric.mean(of: .meanAbsoluteError)
}
