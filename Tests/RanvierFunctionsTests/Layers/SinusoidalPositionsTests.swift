import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct SinusoidalPositionsTests {
  @Test(.tags(.golden)) func `equals PyTorch's tutorial`() throws {
    try expectTransformerGolden("sinusoidal", cases: 3) { tensors, options in
      let output = tensors["output"]
      return sinusoidalPositions(
        tokens: output.shape[0], features: output.shape[1], base: options.base ?? 0,
        offset: options.offset ?? 0, elementType: output.elementType)
    }
  }

  @Test func `halves hold the same waves`() {
    let neighbors = sinusoidalPositions(tokens: 4, features: 6)
    let halves = sinusoidalPositions(tokens: 4, features: 6, pairing: .halves)
    let pairs = neighbors.reshaped(to: [4, 3, 2])
    #expect(halves[.all, 0 ..< 3] == pairs[.all, .all, 0])
    #expect(halves[.all, 3 ..< 6] == pairs[.all, .all, 1])
    #expect(neighbors[0] == Tensor([0, 1, 0, 1, 0, 1] as [Float]))
    #expect(sinusoidalPositions(tokens: 0, features: 3).shape == [0, 3])
  }

  @Test func `is added to sequences, also of 16 bits`() throws {
    let x = RandomKey(seed: 1).normal([2, 3, 5, 4])
    let table = sinusoidalPositions(tokens: 5, features: 4, base: 50, offset: 2)
    expectClose(sinusoidalPositionEmbedding(x, base: 50, offset: 2), x + table)
    let short = sinusoidalPositionEmbedding(x.cast(to: .bfloat16), base: 50, offset: 2)
    #expect(short.elementType == .bfloat16)
    expectClose(short, x + table, relative: 0.02, absolute: 0.02)
    expectGradientsMatch(at: [x.cast(to: .float64)], order: 1, "embedding") {
      square(sinusoidalPositionEmbedding($0[0]))
    }
    try expectCompiledMatches(at: [x], "embedding") { square(sinusoidalPositionEmbedding($0[0])) }
    try expectCompiledMatches(at: [x], "unknown offset") {
      sinusoidalPositionEmbedding($0[0], offset: $0[0].count - $0[0].shape[0]) * 2
    }
  }

  @Test func `says what does not fit`() {
    for features in [0, -2] {
      expectError(
        sinusoidalPositions(tokens: 3, features: features),
        """
        sinusoidalPositions needs a number of tokens, at least one feature and a floating-point \
        type, got 3 tokens, \(features) features, f32
        """)
    }
    expectError(
      sinusoidalPositions(tokens: 3, features: 5, pairing: .halves),
      """
      sinusoidalPositions needs a number of tokens, an even number of features and a floating-point \
      type, got 3 tokens, 5 features, f32
      """)
    expectError(
      sinusoidalPositions(tokens: 3, features: 4, base: 0),
      "sinusoidalPositions needs a positive and finite base, got 0.0")
    expectError(
      sinusoidalPositionEmbedding(Tensor.ones([3])),
      "sinusoidalPositionEmbedding needs floating-point numbers [..., tokens, features], got f32[3]"
    )
    expectError(
      sinusoidalPositionEmbedding(Tensor.ones([2, 3]), pairing: .halves),
      """
      sinusoidalPositionEmbedding needs a number of tokens, an even number of features and a \
      floating-point type, got 2 tokens, 3 features, f32
      """)
  }
}
