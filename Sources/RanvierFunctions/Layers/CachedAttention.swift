public import RanvierTensors

/// Causal attention of new tokens to themselves and to all tokens in a cache, which it takes them
/// into.
///
/// Token by token, or several at once, it gives what
/// ``multiHeadAttention(_:_:_:heads:keyValueHeads:mask:isCausal:dropoutRate:dropoutKey:)`` gives for
/// the whole sequence with `isCausal`. Its shapes do not depend on the number of tokens in the
/// cache, so that a compiled step is compiled once; each step goes through the whole capacity.
///
///     let q = rotaryPositions(query, heads: 8, offset: cache.length)
///     let k = rotaryPositions(key, heads: 2, offset: cache.length)
///     (output, cache) = multiHeadAttention(q, k, value, cache: cache, heads: 8, keyValueHeads: 2)
///
/// Tokens that there is no room for are an error where the cache's length is known; in a compiled
/// function they give outputs that are no numbers (NaN).
///
/// - Shapes: query `[batch..., tokens, heads * share]`, key `[batch..., tokens, keyValueHeads *
///   share]`, value `[batch..., tokens, keyValueHeads * outputs]`, mask broadcasting to `[batch...,
///   heads, tokens, capacity]`; output `[batch..., tokens, heads * outputs]`.
/// - Parameters:
///   - query: What the new tokens look for, already projected.
///   - key: The keys of the new tokens, already projected.
///   - value: The values of the new tokens, already projected.
///   - cache: The tokens before.
///   - heads: The number of heads.
///   - keyValueHeads: The number of heads of keys and values, by default as many; divides `heads`.
///   - mask: Truth values, true where a token may attend to a place of the cache; or numbers, which
///     are added, such as ``linearPositionBias(heads:queries:keys:offset:elementType:)``.
/// - Source: Pope et al. 2022, arXiv:2211.05102.
public func multiHeadAttention(
  _ query: Tensor, _ key: Tensor, _ value: Tensor, cache: KeyValueCache, heads: Int,
  keyValueHeads: Int? = nil, mask: Tensor? = nil
) -> (output: Tensor, cache: KeyValueCache) {
  let filled = cache.appending(keys: key, values: value)
  do throws(OperationError) {
    for tensor in [query, filled.keys, mask].compactMap({ $0 }) {
      if let error = tensor.error { throw error }
    }
    guard query.rank == key.rank, query.shape.sizes.dropLast() == key.shape.sizes.dropLast() else {
      throw OperationError(
        operation: "multiHeadAttention",
        rule: "queries of the tokens that are added to the cache",
        got: "query \(query.type), key \(key.type)")
    }
    let (tokens, capacity) = (query.shape[-2], cache.capacity)
    let positions = cache.length + Tensor.range(tokens)
    let isPast = lessOrEqual(Tensor.range(capacity), positions.reshaped(to: [tokens, 1]))
    let output: Tensor
    if let mask {
      output = multiHeadAttention(
        query, filled.keys, filled.values, heads: heads, keyValueHeads: keyValueHeads,
        mask: restricted(mask, to: isPast))
    } else {
      let shared = keyValueHeads ?? heads
      let groups = try QueryGroups(query, heads, shared)
      output = groups.joined(
        multiHeadAttention(
          groups.queries, filled.keys, filled.values, heads: shared,
          mask: groups.size == 1 ? isPast : isPast.repeatingElements(groups.size)))
    }
    if output.error != nil || filled.length.isConcrete { return (output, filled) }
    return (select(lessOrEqual(filled.length, capacity), output, Double.nan), filled)
  } catch {
    return (Tensor(invalid: error), filled)
  }
}

/// The heads of queries that share a head of keys and values as queries of that head, so that a
/// cache is not copied for each of them.
private struct QueryGroups {
  let size: Int
  /// Queries `[..., tokens * group, shared heads * share]`.
  let queries: Tensor
  /// The sizes before the features, and the number of shared heads.
  private let leading: [Int]
  private let shared: Int

  init(_ query: Tensor, _ heads: Int, _ shared: Int) throws(OperationError) {
    size = try headsPerGroup(heads, shared)
    leading = query.shape.sizes.dropLast()
    self.shared = shared
    if size == 1 {
      queries = query
      return
    }
    let separated = try separatedHeads(query, heads: heads)
    let share = separated.shape[-1]
    queries =
      separated
      .reshaped(to: [leading.reduce(1, *), shared, size, share]).swappedAxes(1, 2)
      .reshaped(
        to: Shape(leading.dropLast() + [(leading.last ?? 1) * size, shared * share]))
  }

  /// Outputs `[..., tokens, heads * outputs]` of `[..., tokens * group, shared heads * outputs]`.
  func joined(_ x: Tensor) -> Tensor {
    if size == 1 || x.error != nil { return x }
    let outputs = x.shape[-1] / shared
    return x.reshaped(to: [leading.reduce(1, *), size, shared, outputs]).swappedAxes(1, 2)
      .reshaped(to: Shape(leading + [shared * size * outputs]))
  }
}

/// A mask that hides besides what another one of truth values hides.
package func restricted(_ mask: Tensor, to truth: Tensor) -> Tensor {
  mask.elementType == .bool
    ? logicalAnd(mask, truth) : select(truth, mask, -Double.infinity)
}
