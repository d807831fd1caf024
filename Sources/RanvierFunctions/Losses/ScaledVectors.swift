internal import RanvierTensors

/// Vectors along an axis, divided by their largest component so that squares neither overflow nor
/// vanish.
///
/// Zeros stay zeros and have no derivative. Beside infinite components, finite ones count as 0.
struct ScaledVectors {
  /// The components.
  private let components: Tensor
  /// What the vectors were multiplied by.
  private let factor: Tensor
  private let isInfinite: Tensor
  /// The lengths of the scaled vectors; 1 instead of 0.
  private let roots: Tensor
  private let isZero: Tensor
  private let axis: Int

  /// Scales vectors, of which there is at least one component.
  init(_ vectors: Tensor, alongAxis axis: Int) {
    // A constant for derivatives, since it cancels.
    let largest = stopGradient(abs(vectors).max(alongAxes: [axis], keepingAxes: true))
    isZero = equal(largest, 0)
    isInfinite = equal(largest, Double.infinity)
    // Beside infinity the smallest number there is makes everything finite vanish.
    let type = vectors.elementType
    let smallest = type == .float64 ? Double.leastNonzeroMagnitude : 0x1p-149
    factor = select(isInfinite, smallest, 1 / maximum(largest, smallestProbability(type)))
    // Only infinite components lie outside; no other is larger than 1 by more than a rounding.
    components = clamp(vectors * factor, -2, 2)
    let squares = (components * components).sum(alongAxes: [axis], keepingAxes: true)
    // Chosen before the root, which has an infinite derivative at 0.
    roots = sqrt(select(isZero, 1, squares))
    self.axis = axis
  }

  /// The lengths of the vectors that were scaled.
  var lengths: Tensor {
    let finite = select(isZero, 0, roots) / select(isInfinite, 1, factor)
    return select(isInfinite, Double.infinity, finite).squeezed(axes: [axis])
  }

  /// The cosines of the angles to other vectors.
  func cosines(with other: ScaledVectors) -> Tensor {
    let products = (components * other.components).sum(alongAxes: [axis], keepingAxes: true)
    let cosines = select(
      bitwiseOr(isZero, other.isZero), 0, products / (roots * other.roots))
    return cosines.squeezed(axes: [axis])
  }
}

/// The lengths of vectors along an axis.
func lengths(_ vectors: Tensor, alongAxis axis: Int) -> Tensor {
  vectors.shape[axis] == 0
    ? vectors.sum(alongAxes: [axis]) : ScaledVectors(vectors, alongAxis: axis).lengths
}

/// The cosines of the angles between vectors along an axis, 0 if one is zero.
func cosines(_ first: Tensor, _ second: Tensor, alongAxis axis: Int) -> Tensor {
  if first.shape[axis] == 0 { return (first * second).sum(alongAxes: [axis]) }
  return ScaledVectors(first, alongAxis: axis).cosines(
    with: ScaledVectors(second, alongAxis: axis))
}
