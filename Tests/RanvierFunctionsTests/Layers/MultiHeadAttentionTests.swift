import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct MultiHeadAttentionTests {
  let key = RandomKey(seed: 6)

  @Test func `each head attends by itself`() {
    let (q, k) = (key.normal([2, 3, 8]), key.derived(1).normal([2, 5, 8]))
    let v = key.derived(2).normal([2, 5, 4])
    let output = multiHeadAttention(q, k, v, heads: 4)
    #expect(output.shape == [2, 3, 4])
    for head in 0 ..< 4 {
      let (features, outputs) = (2 * head ..< 2 * head + 2, head ..< head + 1)
      expectClose(
        output[.ellipsis, outputs],
        scaledDotProductAttention(
          q[.ellipsis, features], k[.ellipsis, features], v[.ellipsis, outputs]))
    }
  }

  @Test func `one product holds queries, keys and values`() {
    let x = key.normal([2, 5, 18], elementType: .float64)
    let parts = x.split(into: 3, alongAxis: -1)
    let mask = key.bernoulli([2, 3, 5, 5], probability: 0.7)
    expectClose(
      multiHeadAttention(projections: x, heads: 3, mask: mask, isCausal: true),
      multiHeadAttention(parts[0], parts[1], parts[2], heads: 3, mask: mask, isCausal: true))
    // Leading axes are optional.
    expectClose(
      multiHeadAttention(projections: x, heads: 3)[1],
      multiHeadAttention(projections: x[1], heads: 3))
  }

  @Test func `masks of numbers mean the same as truth values of any shape`() {
    let x = key.normal([2, 3, 5, 18], elementType: .float64)
    let parts = x.split(into: 3, alongAxis: -1)
    let shapes: [Shape] = [
      [5], [5, 1], [3, 1, 5], [3, 1, 5, 5], [2, 1, 1, 1, 5], [2, 3, 3, 5, 5],
    ]
    for shape in shapes {
      let mask = key.bernoulli(shape, probability: 0.6)
      let numbers = select(mask, Tensor(0.0), -Double.infinity)
      let expected = multiHeadAttention(
        projections: x, heads: 3, mask: numbers, isCausal: true)
      expectClose(
        multiHeadAttention(projections: x, heads: 3, mask: mask, isCausal: true), expected,
        relative: 1e-12, absolute: 1e-12, "\(shape)")
      expectClose(
        multiHeadAttention(parts[0], parts[1], parts[2], heads: 3, mask: mask, isCausal: true),
        expected, relative: 1e-12, absolute: 1e-12, "\(shape)")
    }
  }

  @Test func `operands that differ are brought together`() {
    let (q, k) = (key.normal([2, 1, 3, 8]), key.derived(1).normal([4, 5, 8]))
    let output = multiHeadAttention(q, k.cast(to: .bfloat16), k, heads: 2)
    #expect(output.shape == [2, 4, 3, 8] && output.elementType == .float32)
    let whole = k.cast(to: .bfloat16).cast(to: .float32)
    for (example, keys) in [(0, 3), (1, 2)] {
      expectClose(
        output[example, keys], multiHeadAttention(q[example, 0], whole[keys], k[keys], heads: 2))
    }
  }

  @Test(.tags(.golden)) func `groups of heads equal PyTorch's`() throws {
    try expectTransformerGolden("grouped", cases: 3) { tensors, options in
      multiHeadAttention(
        tensors["query"], tensors["key"], tensors["value"], heads: options.heads ?? 1,
        keyValueHeads: options.shared, mask: tensors.contains("mask") ? tensors["mask"] : nil,
        isCausal: options.causal ?? false)
    }
  }

  @Test(.tags(.golden)) func `with projections equals PyTorch's layer in all types`() throws {
    try expectTransformerGolden("attention", cases: 3) { v, options in
      let (heads, isCausal) = (options.heads ?? 1, options.causal ?? false)
      func projected(_ prefix: String, _ x: Tensor) -> Tensor {
        dense(x, v["\(prefix)kernel"], v["\(prefix)bias"])
      }
      guard v.contains("memory") else {
        return projected(
          "output_",
          multiHeadAttention(
            projections: projected("", v["input"]), heads: heads, isCausal: isCausal))
      }
      return projected(
        "output_",
        multiHeadAttention(
          projected("query_", v["input"]), projected("key_", v["memory"]),
          projected("value_", v["memory"]), heads: heads))
    }
  }

  @Test func `groups of heads share keys and values, also in one product`() {
    let (q, k) = (key.normal([2, 3, 12]), key.derived(1).normal([2, 3, 6]))
    let v = key.derived(2).normal([2, 3, 6])
    let grouped = multiHeadAttention(q, k, v, heads: 4, keyValueHeads: 2, isCausal: true)
    for head in 0 ..< 4 {
      let (own, shared) = (3 * head ..< 3 * head + 3, 3 * (head / 2) ..< 3 * (head / 2) + 3)
      expectClose(
        grouped[.ellipsis, own],
        scaledDotProductAttention(
          q[.ellipsis, own], k[.ellipsis, shared], v[.ellipsis, shared], isCausal: true))
    }
    let whole = Tensor(concatenating: [q, k, v], alongAxis: -1)
    let packed = multiHeadAttention(projections: whole, heads: 4, keyValueHeads: 2, isCausal: true)
    #expect(packed == grouped)
    // All heads may be given, and numbers as a mask.
    #expect(
      multiHeadAttention(q, q, q, heads: 4, keyValueHeads: 4)
        == multiHeadAttention(q, q, q, heads: 4))
    let numbers = select(Tensor([true, false, true]), Tensor(0.0), -Double.infinity)
    expectClose(
      multiHeadAttention(projections: whole, heads: 4, keyValueHeads: 2, mask: numbers),
      multiHeadAttention(
        projections: whole, heads: 4, keyValueHeads: 2, mask: Tensor([true, false, true])))
  }

  @Test func `masked keys do not matter, whatever finite numbers they are`() {
    let (q, k) = (key.normal([2, 3, 8]), key.derived(1).normal([2, 5, 4]))
    let v = key.derived(2).normal([2, 5, 4])
    let isSeen = Tensor([true, true, false, true, false])
    var (otherKeys, otherValues) = (k, v)
    for place in [2, 4] {
      otherKeys[.all, place] = Tensor(1e30)
      otherValues[.all, place] = Tensor(-3e38)
    }
    for mask in [isSeen, select(isSeen, Tensor(0.0), -Double.infinity)] {
      let output = multiHeadAttention(q, k, v, heads: 2, keyValueHeads: 1, mask: mask)
      let other = multiHeadAttention(
        q, otherKeys, otherValues, heads: 2, keyValueHeads: 1, mask: mask)
      #expect(output == other)
      expectClose(
        output,
        multiHeadAttention(
          q, k.gathered(at: Tensor([0, 1, 3]), alongAxis: 1),
          v.gathered(at: Tensor([0, 1, 3]), alongAxis: 1), heads: 2, keyValueHeads: 1))
    }
    let none = multiHeadAttention(q, k, v, heads: 2, keyValueHeads: 1, mask: Tensor([false]))
    #expect(none == Tensor.zeros([2, 3, 8]))
  }

  @Test func `later tokens do not change earlier outputs`() {
    let x = key.normal([1, 6, 24])
    var changed = x
    changed[.all, 4 ..< 6] = Tensor(7.0)
    for keyValueHeads in [1, 2] {
      let outputs = [x, changed].map {
        multiHeadAttention(
          projections: $0, heads: 2, keyValueHeads: keyValueHeads,
          mask: Tensor.zeros([6]), isCausal: true)
      }
      let blocks = [x, changed].map {
        multiHeadAttention(
          projections: $0, heads: 2, keyValueHeads: keyValueHeads, isCausal: true)
      }
      for pair in [outputs, blocks] {
        #expect(pair[0][.all, 0 ..< 4] == pair[1][.all, 0 ..< 4] && pair[0] != pair[1])
      }
    }
  }

  @Test func `dropout takes weights away and keeps their expected sum`() {
    // Values that show the weights: 64 keys with equal weights.
    let (q, v) = (Tensor.zeros([1, 100, 2]), Tensor.identity(64).expandedDimension(at: 0))
    let k = Tensor.zeros([1, 64, 2])
    func output(_ rate: Double, _ key: RandomKey?) -> Tensor {
      multiHeadAttention(q, k, v, heads: 1, dropoutRate: rate, dropoutKey: key)
    }
    let dropped = output(0.25, key)
    let kept: Float = 1 / 64 / 0.75
    let numbers = dropped.scalars(as: Float.self)
    #expect(numbers.allSatisfy { $0 == 0 || abs($0 - kept) < 1e-7 })
    let share = Double(numbers.count { $0 != 0 }) / Double(numbers.count)
    #expect(abs(share - 0.75) < 0.025)
    #expect(output(0.25, key) == dropped && output(0.25, RandomKey(seed: 5)) != dropped)
    for same in [output(0, key), output(0.25, nil)] { expectClose(same, output(0, nil)) }
  }

  @Test(.tags(.gradient)) func `groups and dropout have derivatives, compiled as well`() throws {
    let x = key.normal([2, 3, 16], elementType: .float64)
    let dropoutKey = RandomKey(seed: 2)
    let function: @Sendable ([Tensor]) -> Tensor = {
      multiHeadAttention(
        projections: $0[0], heads: 4, keyValueHeads: 2, isCausal: true, dropoutRate: 0.3,
        dropoutKey: dropoutKey)
    }
    expectGradientsMatch(at: [x], "dropout", of: function)
    try expectCompiledMatches(at: [x.cast(to: .float32)], "dropout", of: function)
    let grouped: @Sendable ([Tensor]) -> Tensor = {
      multiHeadAttention(projections: $0[0], heads: 6, keyValueHeads: 1, isCausal: true)
    }
    expectGradientsMatch(at: [x], "grouped", of: grouped)
    try expectCompiledMatches(at: [x.cast(to: .float32)], "grouped", of: grouped)
  }

  @Test(.tags(.gradient)) func `has the derivatives of finite differences`() {
    let x = key.normal([2, 3, 12], elementType: .float64)
    expectGradientsMatch(at: [x], order: 2, "projections") {
      multiHeadAttention(projections: $0[0], heads: 2, isCausal: true)
    }
    expectGradientsMatch(at: [x, x + 1, x * 0.5], "separate") {
      multiHeadAttention($0[0], $0[1], $0[2], heads: 3)
    }
  }

  @Test func `says what does not fit`() {
    let x = Tensor.ones([2, 3, 12])
    for heads in [0, 5] {
      expectError(
        multiHeadAttention(x, x, x, heads: heads),
        """
        multiHeadAttention needs [..., tokens, features] and a number of heads that divides the \
        features, got [2, 3, 12] and \(heads) heads
        """)
    }
    expectError(
      multiHeadAttention(projections: x, heads: 3),
      """
      multiHeadAttention needs [..., tokens, 3 * features] and a number of heads that divides \
      the features, got [2, 3, 12] and 3 heads
      """)
    for (keyValueHeads, heads) in [(0, 4), (3, 4), (8, 4), (-1, 4)] {
      expectError(
        multiHeadAttention(x, x, x, heads: heads, keyValueHeads: keyValueHeads),
        """
        multiHeadAttention needs a number of heads of keys and values that divides the number of \
        heads, got \(keyValueHeads) of \(heads)
        """)
    }
    expectError(
      multiHeadAttention(projections: x, heads: 3, keyValueHeads: 1),
      """
      multiHeadAttention needs [..., tokens, (heads + 2 * keyValueHeads) * share] and a number of \
      heads that divides the features, got [2, 3, 12] and 3 heads, 1 of keys and values
      """)
    for rate in [-0.5, 1, .nan] {
      expectError(
        multiHeadAttention(x, x, x, heads: 2, dropoutRate: rate),
        "multiHeadAttention needs a dropout rate in 0 ..< 1, got \(rate)")
      expectError(
        scaledDotProductAttention(x, x, x, dropoutRate: rate),
        "scaledDotProductAttention needs a dropout rate in 0 ..< 1, got \(rate)")
    }
    // Errors of operands keep the names of the operations that made them.
    let wrong = Tensor.ones([2]) + Tensor.ones([3])
    #expect(
      multiHeadAttention(x, x, x, heads: 2, mask: wrong).error?.operation == wrong.error?.operation)
    expectError(
      multiHeadAttention(x, x, x, heads: 2, mask: Tensor.ones([4])),
      """
      multiHeadAttention needs a mask of truth values or floating-point numbers that broadcasts \
      to [2, 2, 3, 3], got f32[4]
      """)
  }
}
