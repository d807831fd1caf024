internal import RanvierTensors

/// Weighted sums of an image's neighbouring positions, with weights that are products of each spatial
/// axis's.
///
/// - Parameter runs: The sums along each spatial axis.
func spatialSums(_ x: Tensor, _ runs: [WeightedRuns]) -> Tensor {
  guard runs.count == 3 else { return apply(WeightedSums(runs), [x]) }
  // The kernel adds up the terms of all leading axes for each row; two steps need fewer.
  let first: Tensor = apply(
    WeightedSums([runs[0], .identity(runs[1].size), .identity(runs[2].size)]), [x])
  return apply(WeightedSums([.identity(runs[0].count), runs[1], runs[2]]), [first])
}
