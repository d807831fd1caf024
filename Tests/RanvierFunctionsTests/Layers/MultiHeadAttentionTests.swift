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
    expectError(
      multiHeadAttention(x, x, x, heads: 2, mask: Tensor.ones([4])),
      """
      multiHeadAttention needs a mask of truth values or floating-point numbers that broadcasts \
      to [2, 2, 3, 3], got f32[4]
      """)
  }
}
