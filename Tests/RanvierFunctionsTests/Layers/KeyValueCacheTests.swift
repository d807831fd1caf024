import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct KeyValueCacheTests {
  let empty = KeyValueCache(batch: [2], capacity: 4, keyFeatures: 3, valueFeatures: 2)

  @Test func `tokens come one after the other`() {
    let keys = RandomKey(seed: 1).normal([2, 3, 3])
    let values = RandomKey(seed: 2).normal([2, 3, 2])
    let first = empty.appending(keys: keys[.all, 0 ..< 1], values: values[.all, 0 ..< 1])
    let cache = first.appending(keys: keys[.all, 1 ..< 3], values: values[.all, 1 ..< 3])
    #expect(cache.length == Tensor(3).cast(to: .int32) && cache.capacity == 4)
    #expect(cache.keys[.all, 0 ..< 3] == keys && cache.values[.all, 0 ..< 3] == values)
    #expect(cache.keys[.all, 3] == Tensor.zeros([2, 3]))
    #expect(cache.tensors.map(\.type) == empty.tensors.map(\.type), "shapes stay")
    #expect(empty.length == Tensor(0).cast(to: .int32), "a value of its own")
    #expect(cache == empty.appending(keys: keys, values: values))
  }

  @Test func `takes any leading axes and keeps its type`() {
    for batch: Shape in [[], [2, 3]] {
      let cache = KeyValueCache(
        batch: batch, capacity: 2, keyFeatures: 3, valueFeatures: 3, elementType: .bfloat16)
      let token = Tensor.ones(Shape(batch.sizes + [1, 3]))
      let next = cache.appending(keys: token, values: token)
      #expect(next.keys.elementType == .bfloat16 && next.keys.shape == Shape(batch.sizes + [2, 3]))
      #expect(next.keys.sum().scalar(as: Float.self) == Float(token.count))
    }
  }

  @Test func `says what does not fit`() {
    let token = (keys: Tensor.ones([2, 1, 3]), values: Tensor.ones([2, 1, 2]))
    var full = empty
    for _ in 0 ..< 4 { full = full.appending(keys: token.keys, values: token.values) }
    let overflown = full.appending(keys: token.keys, values: token.values)
    for tensor in overflown.tensors {
      expectError(
        tensor,
        """
        appending(keys:values:) needs room for all tokens, got 1 more tokens for a cache of 4 with \
        4; make a cache of a larger capacity
        """)
    }
    let rule = "appending(keys:values:) needs keys and values of as many tokens each, with the"
    let cache = "for a cache of keys f32[2, 4, 3], values f32[2, 4, 2]"
    expectError(
      empty.appending(keys: token.keys[.all, .all, 0 ..< 2], values: token.values).keys,
      "\(rule) cache's other sizes, got keys f32[2, 1, 2], values f32[2, 1, 2] \(cache)")
    expectError(
      empty.appending(keys: token.keys, values: Tensor.ones([2, 2, 2])).length,
      "\(rule) cache's other sizes, got keys f32[2, 1, 3], values f32[2, 2, 2] \(cache)")
    expectError(
      empty.appending(keys: token.keys[0], values: token.values).keys,
      "\(rule) cache's other sizes, got keys f32[1, 3], values f32[2, 1, 2] \(cache)")
  }
}
