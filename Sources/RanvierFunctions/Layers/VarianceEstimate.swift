public import RanvierTensors

/// Which estimate of the variance normalization keeps as a running statistic.
public enum VarianceEstimate: String, Sendable, Hashable {
  /// The mean squared distance from the mean, as Keras and Axon keep it.
  case biased
  /// The sum of squared distances divided by one less than their number, as PyTorch keeps it.
  case unbiased

  /// The estimate from the biased variance of a number of elements; a single element keeps its
  /// variance of 0.
  public func estimate(from variance: Tensor, of count: Int) -> Tensor {
    self == .biased || count < 2 ? variance : variance * (Double(count) / Double(count - 1))
  }
}
