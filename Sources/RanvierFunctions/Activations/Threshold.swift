public import RanvierTensors

/// Elements above a threshold as they are, a value instead of the others.
///
/// `x > threshold ? x : value`; the derivative at the threshold is 0.
///
/// - Parameters:
///   - x: The elements.
///   - threshold: The largest element that is replaced.
///   - value: What replaces it.
public func threshold(_ x: Tensor, _ threshold: Double, value: Double) -> Tensor {
  // The comparison is turned around for not-a-number, which stays.
  select(lessOrEqual(x, threshold), value, x).spelled("threshold", x)
}

extension Activation {
  /// Elements above a threshold as they are, a value instead of the others.
  public static func threshold(_ threshold: Double, value: Double) -> Activation {
    Activation("threshold", options: ["threshold": threshold, "value": value]) { x, options in
      RanvierFunctions.threshold(
        x, options["threshold"] ?? threshold, value: options["value"] ?? value)
    }
  }
}
