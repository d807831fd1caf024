public import RanvierTensors

/// Sines and cosines of positions, with a wave length of its own for each pair of features.
///
/// `sin(t)` and `cos(t)` with `t = (offset + position) * base ^ (-2 * pair / features)`. The last of
/// an odd number of features is a sine.
///
/// - Shapes: result `[tokens, features]`.
/// - Parameters:
///   - tokens: The number of positions.
///   - features: The number of features.
///   - base: How long the longest wave is; larger for longer sequences.
///   - pairing: Where a pair's sine and cosine are: side by side as in the source, or all sines
///     before all cosines, for an even number of features.
///   - offset: The first position, an integer or a scalar tensor of integers.
///   - elementType: The type of the result.
/// - Source: Vaswani et al. 2017, arXiv:1706.03762.
public func sinusoidalPositions(
  tokens: Int, features: Int, base: Double = 10_000, pairing: FeaturePairing = .neighbors,
  offset: any TensorOperand = 0, elementType: ElementType = .float32
) -> Tensor {
  sinusoidalPositions(
    tokens, features, base, pairing, offset, elementType, operation: "sinusoidalPositions")
}

/// Adds sines and cosines of its position to each token of a sequence.
///
/// `x + sinusoidalPositions(tokens:features:)`, computed at least in `f32`; see
/// ``sinusoidalPositions(tokens:features:base:pairing:offset:elementType:)``.
///
/// - Shapes: x `[..., tokens, features]`, result as x.
/// - Parameters:
///   - x: Sequences of tokens.
///   - base: How long the longest wave is; larger for longer sequences.
///   - pairing: Where a pair's sine and cosine are.
///   - offset: The position of the first token, an integer or a scalar tensor of integers.
/// - Source: Vaswani et al. 2017, arXiv:1706.03762.
public func sinusoidalPositionEmbedding(
  _ x: Tensor, base: Double = 10_000, pairing: FeaturePairing = .neighbors,
  offset: any TensorOperand = 0
) -> Tensor {
  if x.error != nil { return x }
  let operation = "sinusoidalPositionEmbedding"
  guard x.rank >= 2, x.elementType.isFloatingPoint else {
    return Tensor(
      invalid: OperationError(
        operation: operation, rule: "floating-point numbers [..., tokens, features]",
        got: "\(x.type)"))
  }
  let wide = widened(x)
  let table = sinusoidalPositions(
    x.shape[-2], x.shape[-1], base, pairing, offset, wide.elementType, operation: operation)
  return (wide + table).cast(to: x.elementType)
}

private func sinusoidalPositions(
  _ tokens: Int, _ features: Int, _ base: Double, _ pairing: FeaturePairing,
  _ offset: any TensorOperand, _ elementType: ElementType, operation: String
) -> Tensor {
  do throws(OperationError) {
    guard tokens >= 0, features > 0, pairing == .neighbors || features.isMultiple(of: 2),
      elementType.isFloatingPoint
    else {
      throw OperationError(
        operation: operation,
        rule: pairing == .neighbors
          ? "a number of tokens, at least one feature and a floating-point type"
          : "a number of tokens, an even number of features and a floating-point type",
        got: "\(tokens) tokens, \(features) features, \(elementType)")
    }
    let angles = try PositionAngles(base: base, offset: offset, operation: operation)(
      tokens: tokens, features: features)
    let parts = [sin(angles), cos(angles)].map { $0.cast(to: elementType) }
    if pairing == .halves { return Tensor(concatenating: parts, alongAxis: 1) }
    let whole = Tensor(stacking: parts, alongAxis: 2)
      .reshaped(to: [tokens, 2 * angles.shape[1]])
    return features.isMultiple(of: 2) ? whole : whole.sliced(0 ..< features, alongAxis: 1)
  } catch {
    return Tensor(invalid: error)
  }
}
