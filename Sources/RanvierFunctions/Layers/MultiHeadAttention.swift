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
    let parts = try [query, key, value].map { x throws(OperationError) in
      try separatedHeads(x, parts: 1, heads: heads)
    }
    // Operands that differ have to be converted or broadcast first, or fit nowhere.
    let areAlike =
      parts.allSatisfy { $0.elementType == query.elementType }
      && parts[0].shape[-1] == parts[1].shape[-1]
      && key.shape.sizes.dropLast() == value.shape.sizes.dropLast()
      && query.shape.sizes.dropLast(2) == key.shape.sizes.dropLast(2)
    return areAlike
      ? attentionOfHeads(parts, keys: key.shape[-2], mask: mask, isCausal: isCausal)
      : attentionHeadByHead(parts, mask: mask, isCausal: isCausal)
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
    let whole = try separatedHeads(projections, parts: 3, heads: heads)
    return attentionOfHeads([whole], keys: whole.shape[-3], mask: mask, isCausal: isCausal)
  } catch {
    return Tensor(invalid: error)
  }
}

/// Parts and heads `[..., tokens, parts * heads, share]` of `[..., tokens, parts * heads * share]`.
private func separatedHeads(_ x: Tensor, parts: Int, heads: Int) throws(OperationError) -> Tensor {
  if let error = x.error { throw error }
  guard x.rank >= 2, heads > 0, x.shape[-1] % (parts * heads) == 0 else {
    let features = parts == 1 ? "features" : "\(parts) * features"
    throw OperationError(
      operation: "multiHeadAttention",
      rule: "[..., tokens, \(features)] and a number of heads that divides the features",
      got: "\(x.shape) and \(heads) heads")
  }
  let share = x.shape[-1] / (parts * heads)
  return x.reshaped(to: Shape(x.shape.sizes.dropLast() + [parts * heads, share]))
}

/// Attention of heads that fit together; without copies of them where the mask needs no derivative.
///
/// - Parameter tensors: Query, key and value `[..., tokens, heads, share]`, or all three as parts of
///   one tensor.
private func attentionOfHeads(
  _ tensors: [Tensor], keys: Int, mask: Tensor?, isCausal: Bool
) -> Tensor {
  let (first, isPacked) = (tensors[0], tensors.count == 1)
  let heads = isPacked ? first.shape[-2] / 3 : first.shape[-2]
  let scores = Shape(first.shape.sizes.dropLast(3) + [heads, first.shape[-3], keys])
  let isTruth =
    mask.map {
      $0.error == nil && $0.elementType == .bool && Shape.broadcast($0.shape, scores) == scores
    } ?? true
  guard first.elementType.isFloatingPoint, isTruth else {
    let parts = isPacked ? equalParts(first, 3, alongAxis: first.rank - 2) : tensors
    return attentionHeadByHead(parts, mask: mask, isCausal: isCausal)
  }
  return joinedHeads(
    attentionBlock(
      tensors, isPacked: isPacked, mask: mask, isCausal: isCausal, scale: attentionScale(first)))
}

/// Attention of heads as further leading axes.
private func attentionHeadByHead(_ parts: [Tensor], mask: Tensor?, isCausal: Bool) -> Tensor {
  let operands = parts.map { $0.swappedAxes(-3, -2) }
  let output = scaledDotProductAttention(
    operands[0], operands[1], operands[2], mask: mask, isCausal: isCausal)
  return joinedHeads(output.error == nil ? output.swappedAxes(-3, -2) : output)
}

/// `[..., tokens, heads * share]` of `[..., tokens, heads, share]`.
private func joinedHeads(_ x: Tensor) -> Tensor {
  if x.error != nil { return x.spelled("multiHeadAttention") }
  return x.reshaped(to: Shape(x.shape.sizes.dropLast(2) + [x.shape[-2] * x.shape[-1]]))
}
