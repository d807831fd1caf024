internal import RanvierTensors

/// The smallest probability of which losses take the logarithm: the smallest normal number of the
/// type, about 1.2e-38 for `f32`.
///
/// Smaller ones have derivatives that are not finite.
func smallestProbability(_ elementType: ElementType) -> Double {
  elementType == .float64 ? .leastNormalMagnitude : Double(Float.leastNormalMagnitude)
}

/// The logarithm of a probability, at least of the smallest one; the derivative below that is 0.
func logarithm(ofProbability probability: Tensor) -> Tensor {
  log(maximum(probability, smallestProbability(probability.elementType)))
}

/// The logarithm of `1 - probability`, without rounding the difference; at least that of the smallest
/// probability, where the derivative is 0.
func logarithm(ofComplement probability: Tensor) -> Tensor {
  let isCertain = greaterOrEqual(probability, 1)
  let smallest = log(
    Tensor(
      smallestProbability(probability.elementType), elementType: probability.elementType))
  return select(isCertain, smallest, log1p(-select(isCertain, 0, probability)))
}

/// `factor * value`, where 0 times infinity counts as 0: what happens with probability 0 costs
/// nothing.
func expected(_ factor: Tensor, _ value: Tensor) -> Tensor {
  factor * select(equal(factor, 0), select(isInfinite(value), 0, value), value)
}
