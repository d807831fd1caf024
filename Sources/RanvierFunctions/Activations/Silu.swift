public import RanvierTensors

/// The sigmoid linear unit, also called swish: `x * sigmoid(x)`.
///
/// - Source: Elfwing, Uchibe & Doya 2017, arXiv:1702.03118.
public func silu(_ x: Tensor) -> Tensor { (x * sigmoid(x)).spelled("silu", x) }

extension Activation {
  /// The sigmoid linear unit, also called swish.
  public static let silu = Activation("silu") { RanvierFunctions.silu($0) }
}
