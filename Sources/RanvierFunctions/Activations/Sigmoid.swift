internal import RanvierTensors

extension Activation {
  /// `1 / (1 + exp(-x))`.
  public static let sigmoid = Activation("sigmoid") { RanvierTensors.sigmoid($0) }
}
