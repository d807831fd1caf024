internal import RanvierTensors

extension Activation {
  /// The hyperbolic tangent.
  public static let tanh = Activation("tanh") { RanvierTensors.tanh($0) }
}
