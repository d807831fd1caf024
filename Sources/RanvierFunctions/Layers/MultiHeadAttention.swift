public import RanvierTensors

/// Attention of several heads side by side, each over its own share of the features.
///
/// Queries, keys and values are cut into heads along the last axis, go through
/// ``scaledDotProductAttention(_:_:_:mask:isCausal:scale:dropoutRate:dropoutKey:)``, and the heads'
/// results are put one after the other. With fewer heads of keys and values, each of them serves a
/// group of consecutive heads of queries; with one, it serves all.
///
/// - Shapes: query `[..., queries, heads * share]`, key `[..., keys, keyValueHeads * share]`, value
///   `[..., keys, keyValueHeads * outputs]`, mask broadcasting to `[..., heads, queries, keys]`;
///   result `[..., queries, heads * outputs]`.
/// - Parameters:
///   - query: What is looked for, already projected.
///   - key: What is looked through, already projected.
///   - value: What is found, already projected.
///   - heads: The number of heads, which divides the queries' features.
///   - keyValueHeads: The number of heads of keys and values, by default as many; divides `heads`.
///   - mask: Which keys a query may attend to, as for one head.
///   - isCausal: Whether query i attends to keys 0 to i only.
///   - dropoutRate: The probability with which a weight is dropped, as for one head.
///   - dropoutKey: Chooses the weights; nothing is dropped without it.
/// - Source: Vaswani et al. 2017, arXiv:1706.03762; groups: Ainslie et al. 2023, arXiv:2305.13245.
public func multiHeadAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, heads: Int, keyValueHeads: Int? = nil,
  mask: Tensor? = nil, isCausal: Bool = false, dropoutRate: Double = 0,
  dropoutKey: RandomKey? = nil
) -> Tensor {
  do throws(OperationError) {
    if let error = mask?.error { throw error }
    let group = try headsPerGroup(heads, keyValueHeads)
    let shared = try [key, value].map { x throws(OperationError) in
      repeatedHeads(try separatedHeads(x, heads: heads / group), group)
    }
    return AttentionOfHeads(
      mask: mask, isCausal: isCausal,
      dropout: try AttentionDropout(dropoutRate, dropoutKey, "multiHeadAttention")
    )
    .ofParts([try separatedHeads(query, heads: heads)] + shared)
  } catch {
    return Tensor(invalid: error)
  }
}

/// Attention of several heads of sequences to themselves, from one product for queries, keys and
/// values.
///
/// The last axis holds all queries' features, then the keys', then the values'; within each, the
/// first head's, then the second's. All heads have the same share of features.
///
/// - Shapes: projections `[..., tokens, (heads + 2 * keyValueHeads) * share]`, mask broadcasting to
///   `[..., heads, tokens, tokens]`; result `[..., tokens, heads * share]`.
/// - Parameters:
///   - projections: Queries, keys and values of each token.
///   - heads: The number of heads.
///   - keyValueHeads: The number of heads of keys and values, by default as many; divides `heads`.
///   - mask: Which tokens a token may attend to, as for one head.
///   - isCausal: Whether a token attends to itself and those before it only.
///   - dropoutRate: The probability with which a weight is dropped, as for one head.
///   - dropoutKey: Chooses the weights; nothing is dropped without it.
public func multiHeadAttention(
  projections: Tensor, heads: Int, keyValueHeads: Int? = nil, mask: Tensor? = nil,
  isCausal: Bool = false, dropoutRate: Double = 0, dropoutKey: RandomKey? = nil
) -> Tensor {
  do throws(OperationError) {
    if let error = mask?.error { throw error }
    let group = try headsPerGroup(heads, keyValueHeads)
    let whole = try separatedHeads(projections, heads: heads, packedWith: heads / group)
    let attention = AttentionOfHeads(
      mask: mask, isCausal: isCausal,
      dropout: try AttentionDropout(dropoutRate, dropoutKey, "multiHeadAttention"))
    if group == 1 { return attention.ofWhole(whole) }
    let parts = parts(
      of: whole, sizes: [heads, heads / group, heads / group], alongAxis: whole.rank - 2)
    return attention.ofParts([parts[0]] + parts.dropFirst().map { repeatedHeads($0, group) })
  } catch {
    return Tensor(invalid: error)
  }
}

/// How many heads of queries share one head of keys and values.
func headsPerGroup(_ heads: Int, _ keyValueHeads: Int?) throws(OperationError) -> Int {
  guard let keyValueHeads, keyValueHeads != heads else { return 1 }
  guard keyValueHeads > 0, heads > 0, heads % keyValueHeads == 0 else {
    throw OperationError(
      operation: "multiHeadAttention",
      rule: "a number of heads of keys and values that divides the number of heads",
      got: "\(keyValueHeads) of \(heads)")
  }
  return heads / keyValueHeads
}

/// Heads `[..., tokens, heads, share]` of `[..., tokens, heads * share]`.
///
/// - Parameter shared: How many heads of keys, and as many of values, lie behind those of queries.
func separatedHeads(
  _ x: Tensor, heads: Int, packedWith shared: Int = 0,
  operation: String = "multiHeadAttention"
) throws(OperationError) -> Tensor {
  if let error = x.error { throw error }
  let all = heads + 2 * shared
  guard x.rank >= 2, heads > 0, x.shape[-1] % all == 0 else {
    let features =
      shared == 0
      ? "features" : shared == heads ? "3 * features" : "(heads + 2 * keyValueHeads) * share"
    throw OperationError(
      operation: operation,
      rule: "[..., tokens, \(features)] and a number of heads that divides the features",
      got: "\(x.shape) and \(heads) heads"
        + ([0, heads].contains(shared) ? "" : ", \(shared) of keys and values"))
  }
  return x.reshaped(to: Shape(x.shape.sizes.dropLast() + [all, x.shape[-1] / all]))
}

/// Each head `[..., heads, share]` as many times as heads of queries share it.
private func repeatedHeads(_ x: Tensor, _ group: Int) -> Tensor {
  group == 1 ? x : x.repeatingElements(group, alongAxis: x.rank - 2)
}

/// Attention of heads, without the scores of all queries where that is possible.
private struct AttentionOfHeads {
  let mask: Tensor?
  let isCausal: Bool
  let dropout: AttentionDropout?

  /// Of query, key and value `[..., tokens, heads, share]`.
  func ofParts(_ tensors: [Tensor]) -> Tensor {
    let (query, key, value) = (tensors[0], tensors[1], tensors[2])
    // Operands that differ have to be converted or broadcast first, or fit nowhere.
    let areAlike =
      tensors.allSatisfy { $0.elementType == query.elementType }
      && query.shape[-1] == key.shape[-1]
      && key.shape.sizes.dropLast() == value.shape.sizes.dropLast()
      && query.shape.sizes.dropLast(3) == key.shape.sizes.dropLast(3)
    guard areAlike, isBlock(query, heads: query.shape[-2], keys: key.shape[-3]) else {
      return headByHead(tensors)
    }
    return block(tensors, isPacked: false)
  }

  /// Of one tensor `[..., tokens, 3 * heads, share]` with all three.
  func ofWhole(_ whole: Tensor) -> Tensor {
    isBlock(whole, heads: whole.shape[-2] / 3, keys: whole.shape[-3])
      ? block([whole], isPacked: true)
      : headByHead(equalParts(whole, 3, alongAxis: whole.rank - 2))
  }

  /// Whether the block of operations takes the operands: no derivative of a mask is needed.
  private func isBlock(_ query: Tensor, heads: Int, keys: Int) -> Bool {
    let scores = Shape(query.shape.sizes.dropLast(3) + [heads, query.shape[-3], keys])
    let isTruth =
      mask.map {
        $0.elementType == .bool && Shape.broadcast($0.shape, scores) == scores
      } ?? true
    return dropout == nil && isTruth && query.elementType.isFloatingPoint
  }

  /// Attention without copies of heads.
  private func block(_ tensors: [Tensor], isPacked: Bool) -> Tensor {
    joinedHeads(
      attentionBlock(
        tensors, isPacked: isPacked, mask: mask, isCausal: isCausal,
        scale: attentionScale(tensors[0])))
  }

  /// Attention of heads as further leading axes.
  private func headByHead(_ parts: [Tensor]) -> Tensor {
    let operands = parts.map { $0.swappedAxes(-3, -2) }
    let output = scaledDotProductAttention(
      operands[0], operands[1], operands[2], mask: mask, isCausal: isCausal, dropout: dropout)
    return joinedHeads(output.error == nil ? output.swappedAxes(-3, -2) : output)
  }
}

/// `[..., tokens, heads * share]` of `[..., tokens, heads, share]`.
private func joinedHeads(_ x: Tensor) -> Tensor {
  if x.error != nil { return x.spelled("multiHeadAttention") }
  return x.reshaped(to: Shape(x.shape.sizes.dropLast(2) + [x.shape[-2] * x.shape[-1]]))
}
