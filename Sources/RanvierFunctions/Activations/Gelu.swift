public import RanvierTensors

/// The Gaussian error linear unit: each element times the probability that a standard normal number
/// is smaller.
///
/// `x / 2 * (1 + erf(x / sqrt(2)))`, the exact form; 0 at minus infinity. ``geluTanh(_:)`` is the
/// approximation that some models were trained with.
///
/// - Source: Hendrycks & Gimpel 2016, arXiv:1606.08415.
public func gelu(_ x: Tensor) -> Tensor { gaussianErrorLinear(x) }

extension Activation {
  /// The Gaussian error linear unit, in its exact form.
  public static let gelu = Activation("gelu") { RanvierFunctions.gelu($0) }
}
