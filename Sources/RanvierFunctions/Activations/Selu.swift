public import RanvierTensors

/// The scaled exponential linear unit, which drives activations toward mean 0 and variance 1.
///
/// `scale * elu(x, alpha)` with the constants of the paper, for weights from
/// ``Initializer/lecunNormal``.
///
/// - Parameters:
///   - x: The elements.
///   - alpha: Where negative elements saturate, before scaling.
///   - scale: A factor of all elements.
/// - Source: Klambauer, Unterthiner, Mayr & Hochreiter 2017, arXiv:1706.02515.
public func selu(
  _ x: Tensor, alpha: Double = 1.6732632423543772, scale: Double = 1.0507009873554805
) -> Tensor {
  exponentialLinear("selu", x, height: alpha, scale: scale)
}

extension Activation {
  /// The scaled exponential linear unit.
  public static let selu = Activation("selu") { RanvierFunctions.selu($0) }
}
