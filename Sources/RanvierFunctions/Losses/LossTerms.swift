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
  factor * select(bitwiseAnd(equal(factor, 0), isInfinite(value)), 0, value)
}

/// The vectors along an axis divided by their length, and their lengths with an axis of size 1.
///
/// Vectors are divided by their largest element first, so that squares neither overflow nor vanish;
/// zeros stay zeros and have no derivative. A vector with infinite elements points along those.
func directions(
  _ vectors: Tensor, alongAxis axis: Int
) -> (directions: Tensor, lengths: Tensor) {
  let size = vectors.rank == 0 ? 1 : vectors.shape[axis]
  if size == 0 { return (vectors, vectors.sum(alongAxes: [axis], keepingAxes: true)) }
  // A constant for derivatives, since it cancels.
  let largest = stopGradient(abs(vectors).max(alongAxes: [axis], keepingAxes: true))
  let (isInfinity, isZero) = (isInfinite(largest), equal(largest, 0))
  let scale = select(bitwiseOr(isInfinity, isZero), 1, largest)
  let ends = select(isInfinite(vectors), sign(vectors), 0)
  let scaled = select(isInfinity, ends, vectors / scale)
  let squares = (scaled * scaled).sum(alongAxes: [axis], keepingAxes: true)
  // Chosen before and after: the root has an infinite derivative at 0.
  let roots = select(isZero, 0, sqrt(select(isZero, 1, squares)))
  let lengths = select(isInfinity, Double.infinity, roots * scale)
  return (select(isZero, 0, scaled / select(isZero, 1, roots)), lengths)
}
