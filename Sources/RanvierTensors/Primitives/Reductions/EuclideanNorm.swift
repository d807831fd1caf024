internal import CKernels

/// The root of the sum of squares along axes; 0 for none.
///
/// Squares neither overflow nor vanish: the norm is right wherever it is a number of its type. Where
/// it is 0, its derivative is taken to be 0; at infinity only infinite elements have one.
package struct EuclideanNorm: ReductionPrimitive {
  package let axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package var name: String { "euclidean_norm" }
  package var spelling: String { "norm(order:)" }
  package var reductionCode: UInt32 { CK_REDUCE_NORM.rawValue }
  package var reducesIntegers: Bool { false }
  package var keepsSingleElements: Bool { false }

  /// `x / norm`, as two factors: the inverse of a tiny norm would be infinite.
  package func pullback(_ application: Application) -> [Tensor?] {
    let x = application.operand
    let norm = restoringAxes(application.result, of: x.shape)
    let isInfinite = equal(norm, Double.infinity)
    // A constant for derivatives, since it cancels. Beside infinity it makes what is finite vanish.
    let scale = stopGradient(
      select(
        isInfinite, x.elementType.leastPositiveValue,
        1 / maximum(norm, x.elementType.leastNormalValue)))
    // No element is larger than 1 by more than a rounding, except infinite ones.
    let direction = clamp(x * scale, -2, 2)
    let scaledNorm = select(
      equal(norm, 0), Double.infinity, select(isInfinite, 2, norm * scale))
    return [direction * (restoringAxes(application.cotangent, of: x.shape) / scaledNorm)]
  }

  package func combine(_ first: Double, _ second: Double) -> Double { first + second * second }
  package func result(_ combined: Double) -> Double { combined.squareRoot() }
  package func identity(_ type: ElementType) -> Double { 0 }

  package static var samples: [PrimitiveSample] { commonSamples(.uniform(-2, 2)) }
}
