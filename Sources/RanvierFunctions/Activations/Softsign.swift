public import RanvierTensors

/// A sigmoid that approaches its limits slowly: `x / (1 + |x|)`; -1 and 1 at the infinities.
///
/// - Source: Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward
///   neural networks".
public func softsign(_ x: Tensor) -> Tensor {
  elementwise("softsign", x) { x in
    // Beyond 2^60 the quotient is ±1 in every type; infinities would divide each other.
    let x = clamp(x, -0x1p60, 0x1p60)
    return x / (abs(x) + 1)
  } slope: {
    square(1 / (abs($0) + 1))
  }
}

extension Activation {
  /// A sigmoid that approaches its limits slowly.
  public static let softsign = Activation("softsign") { RanvierFunctions.softsign($0) }
}
