public import RanvierTensors

/// Normalizes each example over groups of neighbouring channels, the last axis, and all positions.
///
/// `y = (x - mean) / sqrt(variance + epsilon) * scale + offset` with mean and biased variance of
/// each example's group, computed at least in `f32`. As many groups as channels make an
/// ``instanceNorm(_:scale:offset:epsilon:)``.
///
/// - Shapes: x `[batch, ..., channels]`, scale and offset `[channels]`; result as x.
/// - Parameters:
///   - x: The input.
///   - groups: The number of groups, which divides the number of channels.
///   - scale: Multiplies each normalized channel.
///   - offset: Added to each channel.
///   - epsilon: Keeps the quotient finite for a variance of 0.
/// - Source: Wu & He 2018, arXiv:1803.08494.
public func groupNorm(
  _ x: Tensor, groups: Int, scale: Tensor? = nil, offset: Tensor? = nil, epsilon: Double = 1e-5
) -> Tensor {
  if let error = x.error { return Tensor(invalid: error) }
  guard x.rank >= 2, groups > 0, x.shape[-1] % groups == 0 else {
    return Tensor(
      invalid: OperationError(
        operation: "groupNorm",
        rule: "x [batch, ..., channels] and a number of groups that divides the channels",
        got: "\(groups) groups of x \(x.shape)"))
  }
  do throws(OperationError) {
    let parameters = [("a scale", scale), ("an offset", offset)]
    let channels = try NormalizedAxes(x, [-1], parameters, operation: "groupNorm")
    let normalized = standardized(
      widened(x), alongAxes: Array(1 ..< x.rank), groups: groups, epsilon: epsilon)
    return channels.scaled(normalized, scale, offset).cast(to: x.elementType)
  } catch {
    return Tensor(invalid: error)
  }
}
