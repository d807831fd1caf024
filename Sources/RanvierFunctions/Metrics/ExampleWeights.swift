internal import RanvierTensors

/// How much each example counts, in `f64` and in a shape whose leading axes the weights have.
///
/// - Parameters:
///   - weights: Weights, or a mask; nil if all count once.
///   - shape: The shape of what is counted.
///   - areKnown: Where targets name something that exists; elsewhere the result is not-a-number, so
///     that sums are too, unless the example is left out. Of a shape that broadcasts; nil if
///     they always do.
///   - operation: The metric as users spell it.
func exampleWeights(
  _ weights: Tensor?, shape: Shape, areKnown: Tensor?, operation: String
) -> Tensor {
  let ones = Tensor.ones(shape, elementType: .float64)
  let counts = weights.map { spread($0, over: ones, operation: operation) } ?? ones
  guard let areKnown else { return counts }
  return select(bitwiseOr(areKnown, equal(counts, 0)), counts, Double.nan)
}

/// A quotient that is 0 where the divisor is, as scikit-learn has it with `zero_division=0`.
func quotient(_ dividend: Tensor, _ divisor: Tensor) -> Tensor {
  let isZero = equal(divisor, 0)
  return select(isZero, 0, dividend / select(isZero, 1, divisor))
}
