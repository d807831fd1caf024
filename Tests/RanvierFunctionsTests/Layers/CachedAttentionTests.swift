import RanvierCompilation
import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct CachedAttentionTests {
  static let key = RandomKey(seed: 9)
  /// Four heads of queries, two of keys and values.
  let query = key.normal([2, 6, 16], elementType: .float64)
  let keys = key.derived(1).normal([2, 6, 8], elementType: .float64)
  let values = key.derived(2).normal([2, 6, 6], elementType: .float64)

  func emptyCache(capacity: Int = 9) -> KeyValueCache {
    KeyValueCache(
      batch: [2], capacity: capacity, keyFeatures: 8, valueFeatures: 6, elementType: .float64)
  }

  /// The outputs of steps of several tokens, one after the other.
  func outputs(
    steps: [Int], _ function: (Tensor, Tensor, Tensor, KeyValueCache) -> (Tensor, KeyValueCache)
  ) -> (Tensor, KeyValueCache) {
    var (cache, start, parts) = (emptyCache(), 0, [Tensor]())
    for step in steps {
      let tokens = start ..< start + step
      let (output, next) = function(
        query[.all, tokens], keys[.all, tokens], values[.all, tokens], cache)
      parts.append(output)
      cache = next
      start += step
    }
    return (Tensor(concatenating: parts, alongAxis: 1), cache)
  }

  @Test(arguments: [[1, 1, 1, 1, 1, 1], [4, 1, 1], [1, 5], [6]])
  func `equals causal attention of the whole sequence`(steps: [Int]) {
    let expected = multiHeadAttention(
      query, keys, values, heads: 4, keyValueHeads: 2, isCausal: true)
    let (output, cache) = outputs(steps: steps) {
      multiHeadAttention($0, $1, $2, cache: $3, heads: 4, keyValueHeads: 2)
    }
    expectClose(output, expected, relative: 1e-12, absolute: 1e-13)
    #expect(cache.length.scalar(as: Int32.self) == 6 && cache.keys[.all, 0 ..< 6] == keys)
  }

  @Test func `is compiled once for all steps, with rotary positions and linear biases`() throws {
    let whole = [query, keys].enumerated().map { rotaryPositions($1, heads: $0 == 0 ? 4 : 2) }
    let bias = linearPositionBias(heads: 4, queries: 6, keys: 6, elementType: .float64)
    let expected = multiHeadAttention(
      whole[0], whole[1], values, heads: 4, keyValueHeads: 2, mask: bias, isCausal: true)
    let step = compile { (tokens: [Tensor], cache: KeyValueCache) in
      let (output, next) = multiHeadAttention(
        rotaryPositions(tokens[0], heads: 4, offset: cache.length),
        rotaryPositions(tokens[1], heads: 2, offset: cache.length), tokens[2], cache: cache,
        heads: 4, keyValueHeads: 2,
        mask: linearPositionBias(
          heads: 4, queries: 1, keys: 9, offset: cache.length, elementType: .float64))
      return TreePair(output, next)
    }
    var (cache, parts) = (emptyCache(), [Tensor]())
    for token in 0 ..< 6 {
      let result = try step([query, keys, values].map { $0[.all, token ..< token + 1] }, cache)
      parts.append(result.first)
      #expect(result.second.tensors.map(\.type) == cache.tensors.map(\.type))
      cache = result.second
    }
    expectClose(
      Tensor(concatenating: parts, alongAxis: 1), expected, relative: 1e-10, absolute: 1e-11)
  }

  @Test func `masks hide places of the cache`() {
    let isShown = Tensor([true, false, true, true, true, true, true, true, true])
    let expected = multiHeadAttention(
      query, keys, values, heads: 4, keyValueHeads: 2, mask: isShown[0 ..< 6], isCausal: true)
    let (output, _) = outputs(steps: [2, 3, 1]) {
      multiHeadAttention($0, $1, $2, cache: $3, heads: 4, keyValueHeads: 2, mask: isShown)
    }
    expectClose(output, expected, relative: 1e-12, absolute: 1e-13)
  }

  @Test func `tokens without room are an error, or no numbers where the length is unknown`() throws
  {
    let cache = KeyValueCache(batch: [], capacity: 2, keyFeatures: 4, valueFeatures: 4)
    let token = Tensor.ones([1, 4])
    @Sendable func appended(_ cache: KeyValueCache) -> TreePair<Tensor, KeyValueCache> {
      let (output, next) = multiHeadAttention(token, token, token, cache: cache, heads: 2)
      return TreePair(output, next)
    }
    let step = compile { (cache: KeyValueCache) in appended(cache) }
    var (known, unknown) = (TreePair(token, cache), TreePair(token, cache))
    for _ in 0 ..< 2 {
      known = appended(known.second)
      unknown = try step(unknown.second)
      expectClose(known.first, token)
      expectClose(unknown.first, token)
    }
    expectError(
      appended(known.second).first,
      """
      appending(keys:values:) needs room for all tokens, got 1 more tokens for a cache of 2 with \
      2; make a cache of a larger capacity
      """)
    unknown = try step(unknown.second)
    #expect(isNaN(unknown.first).all().scalar(as: Bool.self))
    #expect(unknown.second.length.scalar(as: Int32.self) == 3)
    #expect(isNaN(try step(unknown.second).first).all().scalar(as: Bool.self), "and stay none")
  }

  @Test(.tags(.gradient)) func `has the derivatives of finite differences`() {
    expectGradientsMatch(at: [query, keys, values], order: 1, "two steps") { x in
      let (first, cache) = multiHeadAttention(
        x[0][.all, 0 ..< 2], x[1][.all, 0 ..< 2], x[2][.all, 0 ..< 2], cache: emptyCache(),
        heads: 4, keyValueHeads: 2)
      let (second, _) = multiHeadAttention(
        x[0][.all, 2 ..< 6], x[1][.all, 2 ..< 6], x[2][.all, 2 ..< 6], cache: cache, heads: 4,
        keyValueHeads: 2)
      return Tensor(concatenating: [first, second], alongAxis: 1)
    }
  }

  @Test func `says what does not fit`() {
    let (output, _) = multiHeadAttention(
      query, keys[.all, 0 ..< 1], values[.all, 0 ..< 1], cache: emptyCache(), heads: 4,
      keyValueHeads: 2)
    expectError(
      output,
      """
      multiHeadAttention needs queries of the tokens that are added to the cache, got query \
      f64[2, 6, 16], key f64[2, 1, 8]
      """)
    for (heads, shared) in [(4, 3), (4, 0)] {
      let (output, _) = multiHeadAttention(
        query, keys, values, cache: emptyCache(), heads: heads, keyValueHeads: shared)
      expectError(
        output,
        """
        multiHeadAttention needs a number of heads of keys and values that divides the number of \
        heads, got \(shared) of \(heads)
        """)
    }
  }
}
