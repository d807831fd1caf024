public import RanvierTensors

/// Attention of several heads side by side, each over its own share of the features.
///
/// Queries, keys and values are cut into heads along the last axis, go through
/// ``scaledDotProductAttention(_:_:_:mask:isCausal:scale:)``, and the heads' results are put one
/// after the other.
///
/// - Shapes: query `[..., queries, features]`, key `[..., keys, features]`, value
///   `[..., keys, outputs]`, mask broadcasting to `[..., heads, queries, keys]`; result
///   `[..., queries, outputs]`.
/// - Parameters:
///   - query: What is looked for, already projected.
///   - key: What is looked through, already projected.
///   - value: What is found, already projected.
///   - heads: The number of heads, which divides features and outputs.
///   - mask: Which keys a query may attend to, as for one head.
///   - isCausal: Whether query i attends to keys 0 to i only.
/// - Source: Vaswani et al. 2017, arXiv:1706.03762.
public func multiHeadAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, heads: Int, mask: Tensor? = nil,
  isCausal: Bool = false
) -> Tensor {
  do throws(OperationError) {
    let operands = try [query, key, value].map { x throws(OperationError) in
      try separatedHeads(x, parts: 1, heads: heads)[0]
    }
    return joinedHeads(
      scaledDotProductAttention(
        operands[0], operands[1], operands[2], mask: mask, isCausal: isCausal))
  } catch {
    return Tensor(invalid: error)
  }
}

/// Attention of several heads of sequences to themselves, from one product for queries, keys and
/// values.
///
/// The last axis holds all queries' features, then the keys', then the values'; within each, the
/// first head's, then the second's.
///
/// - Shapes: projections `[..., tokens, 3 * features]`, mask broadcasting to
///   `[..., heads, tokens, tokens]`; result `[..., tokens, features]`.
/// - Parameters:
///   - projections: Queries, keys and values of each token.
///   - heads: The number of heads, which divides the features.
///   - mask: Which tokens a token may attend to, as for one head.
///   - isCausal: Whether a token attends to itself and those before it only.
public func multiHeadAttention(
  projections: Tensor, heads: Int, mask: Tensor? = nil, isCausal: Bool = false
) -> Tensor {
  do throws(OperationError) {
    let parts = try separatedHeads(projections, parts: 3, heads: heads)
    return joinedHeads(
      scaledDotProductAttention(parts[0], parts[1], parts[2], mask: mask, isCausal: isCausal))
  } catch {
    return Tensor(invalid: error)
  }
}

/// Parts `[..., heads, tokens, share]` of `[..., tokens, parts * heads * share]`.
private func separatedHeads(
  _ x: Tensor, parts: Int, heads: Int
) throws(OperationError) -> [Tensor] {
  if let error = x.error { throw error }
  guard x.rank >= 2, heads > 0, x.shape[-1] % (parts * heads) == 0 else {
    let features = parts == 1 ? "features" : "\(parts) * features"
    throw OperationError(
      operation: "multiHeadAttention",
      rule: "[..., tokens, \(features)] and a number of heads that divides the features",
      got: "\(x.shape) and \(heads) heads")
  }
  let leading = Array(0 ..< x.rank - 2)
  let sizes = x.shape.sizes.dropLast(2)
  let share = x.shape[-1] / (parts * heads)
  let tokens = x.shape[-2]
  // One copy brings the parts, which are then contiguous, and their heads to the front.
  let separated = x.reshaped(to: Shape(sizes + [tokens, parts, heads, share]))
    .transposed(
      permutation: [x.rank - 1] + leading + [x.rank, x.rank - 2, x.rank + 1])
  let shape = Shape(sizes + [heads, tokens, share])
  if parts == 1 { return [separated.reshaped(to: shape)] }
  return equalParts(separated, parts, alongAxis: 0).map { $0.reshaped(to: shape) }
}

/// `[..., tokens, heads * share]` of `[..., heads, tokens, share]`.
private func joinedHeads(_ x: Tensor) -> Tensor {
  if x.error != nil { return x.spelled("multiHeadAttention") }
  let sizes = x.shape.sizes
  return x.swappedAxes(-3, -2)
    .reshaped(to: Shape(sizes.dropLast(3) + [x.shape[-2], x.shape[-3] * x.shape[-1]]))
}
