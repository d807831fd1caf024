internal import RanvierTensors

extension Schedule {
  /// The same value at every step.
  public static func constant(_ value: Double) -> Schedule {
    Schedule("constant", options: ["value": "\(value)"]) { _ in Tensor(Float(value)) }
  }
}
