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
    let output = multiHeadAttention(
      query, filled.keys, filled.values, heads: heads, keyValueHeads: keyValueHeads,
      mask: mask.map { restricted($0, to: isPast) } ?? isPast)
    if output.error != nil || filled.length.isConcrete { return (output, filled) }
    return (select(lessOrEqual(filled.length, capacity), output, Double.nan), filled)
  } catch {
    return (Tensor(invalid: error), filled)
  }
}

/// A mask that hides besides what another one of truth values hides.
package func restricted(_ mask: Tensor, to truth: Tensor) -> Tensor {
  mask.elementType == .bool
    ? logicalAnd(mask, truth) : select(truth, mask, -Double.infinity)
}
