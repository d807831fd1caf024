import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct MixtureOfExpertsTests {
  @Test(.tags(.golden)) func `equals a loop over tokens and their experts in PyTorch`() throws {
    try expectTransformerGolden("experts", cases: 3) { v, options in
      mixtureOfExperts(
        v["input"],
        weights: expertWeights(dense(v["input"], v["router_kernel"]), chosen: options.chosen ?? 1),
        hiddenKernels: v["hidden_kernel"],
        hiddenBiases: v.contains("hidden_bias") ? v["hidden_bias"] : nil,
        outputKernels: v["output_kernel"],
        outputBiases: v.contains("output_bias") ? v["output_bias"] : nil,
        activation: activation(options), isGated: options.gated ?? false)
    }
  }

  /// Tokens, weights, kernels and biases of 3 experts.
  let operands: [Tensor] = [
    [2, 5, 4], [2, 5, 3], [3, 4, 6], [3, 6], [3, 6, 2], [3, 2],
  ].enumerated().map { RandomKey(seed: UInt64($0)).normal(Shape($1), elementType: .float64) }

  static let function: @Sendable ([Tensor]) -> Tensor = {
    mixtureOfExperts(
      $0[0], weights: $0[1], hiddenKernels: $0[2], hiddenBiases: $0[3], outputKernels: $0[4],
      outputBiases: $0[5], activation: .silu)
  }

  @Test func `is the weighted sum of feed-forward layers, of any number of axes`() {
    let x = operands
    let expected = (0 ..< 3).map { expert in
      x[1][.ellipsis, expert ..< expert + 1]
        * feedForward(
          x[0], hiddenKernel: x[2][expert], hiddenBias: x[3][expert], outputKernel: x[4][expert],
          outputBias: x[5][expert], activation: .silu)
    }.reduce(Tensor(0.0)) { $0 + $1 }
    expectClose(Self.function(x), expected, relative: 1e-12, absolute: 1e-13)
    let single = Self.function([x[0][1, 2], x[1][1, 2]] + x.dropFirst(2))
    expectClose(single, expected[1, 2], relative: 1e-12, absolute: 1e-13)
    let none = Self.function([Tensor.zeros([0, 4]), Tensor.zeros([0, 3])] + x.dropFirst(2))
    #expect(none.shape == [0, 2])
  }

  @Test(.tags(.gradient)) func `has the derivatives of finite differences, compiled as well`()
    throws
  {
    expectGradientsMatch(at: operands, "experts", of: Self.function)
    try expectCompiledMatches(
      at: operands.map { $0.cast(to: .float32) }, "experts", of: Self.function)
  }

  /// Enough tokens for blocks of one expert each; half of them choose the first.
  private static func routed(
    _ tokens: Int, _ experts: Int, _ elementType: ElementType
  ) -> [Tensor] {
    let scores = RandomKey(seed: 70).normal([tokens, experts], elementType: elementType)
    let favour = Tensor.range(tokens * experts, elementType: elementType)
      .reshaped(to: [tokens, experts])
    let shapes: [Shape] = [
      [tokens, 4], [experts, 4, 6], [experts, 6], [experts, 3, 2], [experts, 2],
    ]
    let others = shapes.enumerated().map {
      RandomKey(seed: UInt64(71 + $0)).normal($1, elementType: elementType)
    }
    let first = select(equal(remainder(favour, Double(2 * experts)), 0), Tensor(9.0), Tensor(0.0))
    return [others[0], scores + first.cast(to: elementType)] + others.dropFirst()
  }

  @Test(arguments: [(150, 8, 2), (150, 8, 1), (300, 20, 3), (7, 8, 2), (40, 5, 5)])
  func `chosen experts alone give the same`(tokens: Int, experts: Int, chosen: Int) throws {
    let x = Self.routed(tokens, experts, .float64)
    let function = { @Sendable (x: [Tensor], chosen: Int?, count: Int) in
      mixtureOfExperts(
        x[0], weights: expertWeights(x[1], chosen: count), hiddenKernels: x[2],
        hiddenBiases: x[3], outputKernels: x[4], outputBiases: x[5], chosen: chosen,
        activation: .silu, isGated: true)
    }
    let cotangent = RandomKey(seed: 1).normal([tokens, 2], elementType: .float64)
    let (value, pullback) = valueWithPullback(at: x) { function($0, chosen, chosen) }
    let (expected, expectedPullback) = valueWithPullback(at: x) { function($0, nil, chosen) }
    expectClose(value, expected, relative: 1e-12, absolute: 1e-13)
    for (gradient, wanted) in zip(pullback(cotangent), expectedPullback(cotangent)) {
      expectClose(gradient, wanted, relative: 1e-12, absolute: 1e-12, "\(gradient.shape)")
    }
    try expectCompiledMatches(at: x.map { $0.cast(to: .float32) }, "\(tokens) tokens") {
      function($0, chosen, chosen)
    }
  }

  @Test func `weights that are not among the largest do not count`() {
    for tokens in [3, 150] {
      let x = Self.routed(tokens, 8, .float64)
      let function = { (weights: Tensor, chosen: Int?) in
        mixtureOfExperts(
          x[0], weights: weights, hiddenKernels: x[2], outputKernels: x[4], chosen: chosen,
          isGated: true)
      }
      let weights = RandomKey(seed: 4).uniform([tokens, 8], elementType: .float64)
      let best = weights.top(2).values[.all, 1 ..< 2]
      let expected = function(select(less(weights, best), 0, weights), nil)
      expectClose(function(weights, 2), expected, relative: 1e-12, absolute: 1e-13)
    }
  }

  @Test func `says what does not fit`() {
    let x = operands.map { $0.cast(to: .float32) }
    for chosen in [0, 4, -1] {
      expectError(
        mixtureOfExperts(
          x[0], weights: x[1], hiddenKernels: x[2], outputKernels: x[4], chosen: chosen),
        """
        mixtureOfExperts needs at least one and at most all experts that are chosen, got \(chosen) \
        of 3
        """)
    }
    let rule = """
      mixtureOfExperts needs floating-point numbers x [..., features], weights [..., experts], \
      hidden kernels [experts, features, hidden] with biases [experts, hidden] and output kernels \
      [experts, hidden, outputs] with biases [experts, outputs], got
      """
    expectError(
      mixtureOfExperts(x[0], weights: x[0], hiddenKernels: x[2], outputKernels: x[4]),
      "\(rule) f32[2, 5, 4], f32[2, 5, 4], f32[3, 4, 6], f32[3, 6, 2]")
    expectError(
      mixtureOfExperts(
        x[0], weights: x[1], hiddenKernels: x[2], hiddenBiases: x[5], outputKernels: x[4]),
      "\(rule) f32[2, 5, 4], f32[2, 5, 3], f32[3, 4, 6], f32[3, 2], f32[3, 6, 2]")
    expectError(
      mixtureOfExperts(
        x[0], weights: x[1], hiddenKernels: x[2], outputKernels: x[4], isGated: true),
      """
      mixtureOfExperts needs floating-point numbers x [..., features], weights [..., experts], \
      hidden kernels [experts, features, 2 * hidden] with biases [experts, 2 * hidden] and output \
      kernels [experts, hidden, outputs] with biases [experts, outputs], got f32[2, 5, 4], \
      f32[2, 5, 3], f32[3, 4, 6], f32[3, 6, 2]
      """)
  }
}
