public import RanvierTensors

/// Normalizes each channel, the last axis, with given statistics.
///
/// `y = (x - mean) / sqrt(variance + epsilon) * scale + offset`, computed at least in `f32`.
///
/// - Shapes: x `[batch, ..., channels]`; scale, offset, mean and variance `[channels]`; result as
///   x.
/// - Parameters:
///   - x: The input.
///   - scale: Multiplies each normalized channel.
///   - offset: Added to each channel.
///   - mean: The mean of each channel, usually a running mean.
///   - variance: The variance of each channel, usually a running one.
///   - epsilon: Keeps the quotient finite for a variance of 0.
/// - Source: Ioffe & Szegedy 2015, arXiv:1502.03167.
public func batchNorm(
  _ x: Tensor, scale: Tensor? = nil, offset: Tensor? = nil, mean: Tensor, variance: Tensor,
  epsilon: Double = 1e-5
) -> Tensor {
  let vectors = [("scale", scale), ("offset", offset), ("mean", mean), ("variance", variance)]
  if let error = channelError(x, vectors) { return Tensor(invalid: error) }
  let centred = widened(x) - mean
  return scaled(centred, variance, scale, offset, epsilon).cast(to: x.elementType)
}

/// Normalizes each channel, the last axis, with the statistics of the batch itself, and returns
/// those.
///
/// The formula is that of ``batchNorm(_:scale:offset:mean:variance:epsilon:)`` with mean and
/// variance over all axes but the last. Derivatives go through the statistics. The variance is
/// computed from distances to the mean, so a mean far from 0 does no harm.
///
/// - Shapes: x `[batch, ..., channels]`; scale and offset `[channels]`; output as x, mean and
///   variance `[channels]`.
/// - Returns: The output, and mean and biased variance of the batch for
///   ``updatedRunningStatistic(_:with:momentum:)``. ``VarianceEstimate`` makes an unbiased one of
///   the latter.
/// - Source: Ioffe & Szegedy 2015, arXiv:1502.03167, algorithm 1.
public func batchNormTraining(
  _ x: Tensor, scale: Tensor? = nil, offset: Tensor? = nil, epsilon: Double = 1e-5
) -> (output: Tensor, mean: Tensor, variance: Tensor) {
  if let error = channelError(x, [("scale", scale), ("offset", offset)]) {
    let invalid = Tensor(invalid: error)
    return (invalid, invalid, invalid)
  }
  let wide = widened(x)
  let axes = Array(0 ..< x.rank - 1)
  let mean = wide.mean(alongAxes: axes)
  let centred = wide - mean
  let variance = square(centred).mean(alongAxes: axes)
  let output = scaled(centred, variance, scale, offset, epsilon).cast(to: x.elementType)
  return (output, mean, variance)
}

/// A running mean or variance after another batch.
///
/// `momentum * old + (1 - momentum) * batch`; the batch's statistic counts as a constant in
/// derivatives.
///
/// - Parameters:
///   - old: The running statistic so far.
///   - batch: The statistic of the batch.
///   - momentum: The weight of the old value, as in Keras.
/// - Note: PyTorch's `momentum` is the weight of the new value, 0.1 for our 0.9. Axon's is the
///   weight of the old value, too, but 0.1 by default: `momentum: 0.1` keeps a tenth of it.
public func updatedRunningStatistic(
  _ old: Tensor, with batch: Tensor, momentum: Double = 0.9
) -> Tensor {
  old * momentum + stopGradient(batch) * (1 - momentum)
}

private func scaled(
  _ centred: Tensor, _ variance: Tensor, _ scale: Tensor?, _ offset: Tensor?, _ epsilon: Double
) -> Tensor {
  let inverse = rsqrt(widened(variance) + epsilon)
  let normalized = centred * (scale.map { inverse * $0 } ?? inverse)
  return offset.map { normalized + $0 } ?? normalized
}

/// The error for an input without channels, or for a vector that has not one element for each.
private func channelError(
  _ x: Tensor, _ vectors: [(name: String, tensor: Tensor?)]
) -> OperationError? {
  if let error = x.error { return error }
  guard x.rank >= 2, x.elementType.isFloatingPoint else {
    return OperationError(
      operation: "batchNorm", rule: "floating-point numbers [batch, ..., channels]",
      got: "\(x.type)")
  }
  for (name, tensor) in vectors {
    guard let tensor else { continue }
    if let error = tensor.error { return error }
    if tensor.shape != [x.shape[-1]] {
      return OperationError(
        operation: "batchNorm", rule: "a \(name) of shape [\(x.shape[-1])]",
        got: "\(tensor.shape) for x \(x.shape)", hint: "channels are the last axis")
    }
  }
  return nil
}
