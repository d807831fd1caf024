internal import RanvierTensors

extension GradientTransform {
  /// Limits each element: `update = min(max(gradient, -limit), limit)`.
  ///
  /// Not-a-number stays so.
  ///
  /// - Parameter limit: The largest absolute value, at least 0.
  public static func clip(to limit: Double) -> GradientTransform {
    guard limit >= 0 else {
      return invalid("clip(to:)", rule: "a limit that is not negative", got: limit)
    }
    return stateless("clip") { gradients, _ in gradients.mapValues { clamp($0, -limit, limit) } }
  }
}
