public import RanvierTensors

/// The sigmoid linear unit, also called swish: `x * sigmoid(x)`; 0 at minus infinity.
///
/// - Source: Elfwing, Uchibe & Doya 2017, arXiv:1702.03118.
public func silu(_ x: Tensor) -> Tensor {
  elementwise("silu", x) {
    notFarBelow($0) * sigmoid($0)
  } slope: {
    let share = sigmoid($0)
    return share * (nearby($0) * sigmoid(-$0) + 1)
  }
}

extension Activation {
  /// The sigmoid linear unit, also called swish.
  public static let silu = Activation("silu") { RanvierFunctions.silu($0) }
}
