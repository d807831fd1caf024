internal import RanvierTensors

extension Activation {
  /// `max(x, 0)`; the derivative at 0 is 0.
  public static let relu = Activation("relu") { RanvierTensors.relu($0) }
}
