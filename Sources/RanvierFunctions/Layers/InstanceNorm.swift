public import RanvierTensors

/// Normalizes each channel of each example over its positions.
///
/// `y = (x - mean) / sqrt(variance + epsilon) * scale + offset` with mean and biased variance over
/// the spatial axes, computed at least in `f32`. It does the same in training and in prediction.
///
/// - Shapes: x `[batch, spatial..., channels]`, scale and offset `[channels]`; result as x.
/// - Parameters:
///   - x: The input.
///   - scale: Multiplies each normalized channel.
///   - offset: Added to each channel.
///   - epsilon: Keeps the quotient finite for a variance of 0.
/// - Source: Ulyanov, Vedaldi & Lempitsky 2016, arXiv:1607.08022.
public func instanceNorm(
  _ x: Tensor, scale: Tensor? = nil, offset: Tensor? = nil, epsilon: Double = 1e-5
) -> Tensor {
  do throws(OperationError) {
    let channels = try instanceChannels(x, scale, offset)
    let normalized = standardized(
      widened(x), alongAxes: Array(1 ..< x.rank - 1), epsilon: epsilon)
    return channels.scaled(normalized, scale, offset).cast(to: x.elementType)
  } catch {
    return Tensor(invalid: error)
  }
}

/// Normalizes as ``instanceNorm(_:scale:offset:epsilon:)``, and returns the statistics for running
/// ones.
///
/// - Shapes: x `[batch, spatial..., channels]`, scale and offset `[channels]`; output as x, mean and
///   variance `[channels]`.
/// - Returns: The output, and mean and biased variance of the examples, averaged over the batch:
///   their shape does not depend on its size. ``batchNorm(_:scale:offset:mean:variance:epsilon:)``
///   normalizes with them.
public func instanceNormTraining(
  _ x: Tensor, scale: Tensor? = nil, offset: Tensor? = nil, epsilon: Double = 1e-5
) -> (output: Tensor, mean: Tensor, variance: Tensor) {
  do throws(OperationError) {
    let channels = try instanceChannels(x, scale, offset)
    let wide = widened(x)
    let axes = Array(1 ..< x.rank - 1)
    let mean = wide.mean(alongAxes: axes, keepingAxes: true)
    let centred = wide - mean
    let variance = square(centred).mean(alongAxes: axes, keepingAxes: true)
    let output = channels.scaled(centred * rsqrt(variance + epsilon), scale, offset)
    func averaged(_ statistic: Tensor) -> Tensor {
      statistic.reshaped(to: [x.shape[0], x.shape[-1]]).mean(alongAxes: [0])
    }
    return (output.cast(to: x.elementType), averaged(mean), averaged(variance))
  } catch {
    let invalid = Tensor(invalid: error)
    return (invalid, invalid, invalid)
  }
}

private func instanceChannels(
  _ x: Tensor, _ scale: Tensor?, _ offset: Tensor?
) throws(OperationError) -> NormalizedAxes {
  if let error = x.error { throw error }
  guard x.rank >= 3 else {
    throw OperationError(
      operation: "instanceNorm", rule: "x [batch, spatial..., channels]", got: "\(x.type)",
      hint: "layerNorm normalizes rows")
  }
  return try NormalizedAxes(
    x, [-1], [("a scale", scale), ("an offset", offset)], operation: "instanceNorm")
}
