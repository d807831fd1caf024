public import RanvierTensors

/// Turns pairs of features by angles that grow with the position, so that products of queries and
/// keys depend on their distance only.
///
/// `(a, b)` becomes `(a * cos(t) - b * sin(t), b * cos(t) + a * sin(t))` with
/// `t = (offset + position) * base ^ (-2 * pair / share)`, computed at least in `f32`. It is meant
/// for queries and keys, before
/// ``multiHeadAttention(_:_:_:heads:keyValueHeads:mask:isCausal:dropoutRate:dropoutKey:)``.
///
/// - Shapes: x `[..., tokens, heads * share]`, result as x.
/// - Parameters:
///   - x: Queries or keys, already projected.
///   - heads: The number of heads, each of which has an even share of the features.
///   - base: How slow the slowest pair turns; larger for longer sequences.
///   - pairing: Which features form a pair.
///   - offset: The position of the first token, an integer or a scalar tensor of integers, such as
///     the length of a cache.
/// - Source: Su et al. 2021, arXiv:2104.09864.
public func rotaryPositions(
  _ x: Tensor, heads: Int = 1, base: Double = 10_000, pairing: FeaturePairing = .halves,
  offset: any TensorOperand = 0
) -> Tensor {
  let operation = "rotaryPositions"
  do throws(OperationError) {
    if let error = x.error { throw error }
    guard x.rank >= 2, x.elementType.isFloatingPoint, heads > 0, x.shape[-1] % (2 * heads) == 0
    else {
      throw OperationError(
        operation: operation,
        rule: "floating-point numbers [..., tokens, heads * share] with an even share of each head",
        got: "\(x.type) and \(heads) heads")
    }
    let (tokens, share) = (x.shape[-2], x.shape[-1] / heads)
    let angles = try PositionAngles(base: base, offset: offset, operation: operation)(
      tokens: tokens, features: share)
    let pair = pairing == .halves ? [2, share / 2] : [share / 2, 2]
    let (axis, leading) = (pairing == .halves ? 3 : 4, x.shape.sizes.dropLast(2).reduce(1, *))
    let wide = widened(x.reshaped(to: Shape([leading, tokens, heads] + pair)))
    let parts = equalParts(wide, 2, alongAxis: axis)
    let table = angles.reshaped(
      to: Shape([tokens, 1] + (pairing == .halves ? [1, share / 2] : [share / 2, 1])))
    let (c, s) = (cos(table).cast(to: wide.elementType), sin(table).cast(to: wide.elementType))
    let turned = [parts[0] * c - parts[1] * s, parts[1] * c + parts[0] * s]
    return Tensor(concatenating: turned, alongAxis: axis).reshaped(to: x.shape)
      .cast(to: x.elementType).spelled(operation)
  } catch {
    return Tensor(invalid: error)
  }
}
