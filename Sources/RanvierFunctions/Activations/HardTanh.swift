public import RanvierTensors

/// Elements limited to an interval, -1 to 1 by default.
///
/// `min(max(x, low), high)`. Unlike that of ``clamp(_:_:_:)``, the derivative is 0 at both ends, as
/// it is outside.
///
/// - Parameters:
///   - x: The elements.
///   - low: The lower end.
///   - high: The upper end, not below the lower one.
/// - Source: Collobert 2004, "Large scale machine learning"; PyTorch's derivative. Axon's is 1 at
///   the ends.
public func hardTanh(_ x: Tensor, from low: Double = -1, to high: Double = 1) -> Tensor {
  if x.error != nil { return x }
  guard low <= high else {
    return Tensor(
      invalid: OperationError(
        operation: "hardTanh", rule: "ends in order", got: "\(low) to \(high)"))
  }
  return withDerivative(of: { clamp($0, low, high) }) { x, _, cotangent in
    select(lessOrEqual(x, low), 0, select(greaterOrEqual(x, high), 0, cotangent))
  }(x).spelled("hardTanh", x)
}

extension Activation {
  /// Elements limited to the interval from -1 to 1.
  public static let hardTanh = Activation.hardTanh(from: -1, to: 1)

  /// Elements limited to an interval.
  public static func hardTanh(from low: Double, to high: Double) -> Activation {
    Activation("hard_tanh", options: ["low": low, "high": high]) { x, options in
      RanvierFunctions.hardTanh(x, from: options["low"] ?? low, to: options["high"] ?? high)
    }
  }
}
