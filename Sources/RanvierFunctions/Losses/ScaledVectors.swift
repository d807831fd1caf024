internal import RanvierTensors

/// Vectors along an axis, divided by their lengths so that products neither overflow nor vanish.
///
/// Zeros stay zeros and have no derivative. Beside infinite components, finite ones count as 0.
struct ScaledVectors {
  /// The components.
  private let components: Tensor
  /// The lengths of the scaled vectors: 1, but for roundings, tiny and infinite vectors; 1 instead
  /// of 0.
  private let lengths: Tensor
  private let isZero: Tensor
  private let axis: Int

  /// Scales vectors.
  init(_ vectors: Tensor, alongAxis axis: Int) {
    // A constant for derivatives, since it cancels.
    let length = stopGradient(vectors.norm(alongAxes: [axis], keepingAxes: true))
    isZero = equal(length, 0)
    let type = vectors.elementType
    let factor = select(
      equal(length, Double.infinity), type.leastPositiveValue,
      1 / maximum(length, type.leastNormalValue))
    // Only infinite components lie outside; no other is larger than 1 by more than a rounding. Their
    // factor is so small that the derivative vanishes without a comparison.
    let clamped = withDerivative(of: { clamp($0, -2, 2) }) { _, _, cotangent in cotangent }
    components = clamped(vectors * factor)
    let squares = (components * components).sum(alongAxes: [axis], keepingAxes: true)
    // Chosen before the root, which has an infinite derivative at 0.
    lengths = sqrt(select(isZero, 1, squares))
    self.axis = axis
  }

  /// The cosines of the angles to other vectors.
  func cosines(with other: ScaledVectors) -> Tensor {
    let products = (components * other.components).sum(alongAxes: [axis], keepingAxes: true)
    let cosines = select(
      bitwiseOr(isZero, other.isZero), 0, products / (lengths * other.lengths))
    return cosines.squeezed(axes: [axis])
  }
}

/// The cosines of the angles between vectors along an axis, 0 if one is zero.
func cosines(_ first: Tensor, _ second: Tensor, alongAxis axis: Int) -> Tensor {
  ScaledVectors(first, alongAxis: axis).cosines(with: ScaledVectors(second, alongAxis: axis))
}
