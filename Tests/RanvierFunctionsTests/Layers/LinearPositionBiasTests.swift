import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct LinearPositionBiasTests {
  @Test(.tags(.golden)) func `equals the paper's code, in PyTorch's attention`() throws {
    try expectTransformerGolden("linear_bias", cases: 3) { tensors, options in
      let (query, heads) = (tensors["query"], options.heads ?? 1)
      let type = query.elementType
      expectClose(
        linearBiasSlopes(heads: heads, elementType: .float64), tensors["slopes"], relative: 1e-7)
      return multiHeadAttention(
        query, tensors["key"], tensors["value"], heads: heads,
        mask: linearPositionBias(
          heads: heads, queries: query.shape[1], keys: query.shape[1], elementType: type),
        isCausal: options.causal ?? false)
    }
  }

  @Test func `slopes of a power of 2 are its geometric series`() {
    let halves: [Double] = (1 ... 8).map { 1 / Double(1 << $0) }
    expectClose(linearBiasSlopes(heads: 8), Tensor(halves))
    expectClose(
      linearBiasSlopes(heads: 3, elementType: .float64), Tensor([0.0625, 0.00390625, 0.25]))
    expectClose(linearBiasSlopes(heads: 1), Tensor([0.00390625]))
  }

  @Test func `falls with the distance from a query, whose position may be an offset`() {
    let bias = linearPositionBias(heads: 2, queries: 2, keys: 4, offset: 1)
    #expect(bias.shape == [2, 2, 4])
    expectClose(bias[0], Tensor([[-1.0, 0, -1, -2], [-2, -1, 0, -1]]) / 16)
    expectClose(bias[1], bias[0] / 16)
    #expect(linearPositionBias(heads: 2, queries: 2, keys: 4, offset: Tensor(1)) == bias)
  }

  @Test func `says what does not fit`() {
    expectError(
      linearBiasSlopes(heads: 0),
      "linearBiasSlopes needs at least one head and a floating-point type, got 0 heads, f32")
    expectError(
      linearPositionBias(heads: 2, queries: 1, keys: 1, elementType: .int32),
      "linearPositionBias needs at least one head and a floating-point type, got 2 heads, i32")
    expectError(
      linearPositionBias(heads: 2, queries: -1, keys: 1),
      "linearPositionBias needs numbers of queries and keys, got -1 queries, 1 keys")
    expectError(
      linearPositionBias(heads: 2, queries: 1, keys: 1, offset: Tensor([1])),
      """
      linearPositionBias needs an offset that is an integer, or a scalar tensor of integers, got \
      i64[1]
      """)
  }
}
