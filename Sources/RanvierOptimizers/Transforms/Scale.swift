internal import RanvierTensors

extension GradientTransform {
  /// Multiplies gradients by a number: `update = factor * gradient`.
  public static func scale(by factor: Double) -> GradientTransform {
    stateless("scale") { gradients, _ in gradients.mapValues { $0 * factor } }
  }
}
