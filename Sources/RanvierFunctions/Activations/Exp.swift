internal import RanvierTensors

extension Activation {
  /// e to the power of each element, for outputs that are positive: infinity where it is too large.
  public static let exp = Activation("exp") { RanvierTensors.exp($0) }
}
