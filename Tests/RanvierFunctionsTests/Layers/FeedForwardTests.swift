import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct FeedForwardTests {
  @Test(.tags(.golden)) func `equals PyTorch, with and without gates and biases`() throws {
    try expectTransformerGolden("feed_forward", cases: 3) { v, options in
      feedForward(
        v["input"], hiddenKernel: v["hidden_kernel"],
        hiddenBias: v.contains("hidden_bias") ? v["hidden_bias"] : nil,
        outputKernel: v["output_kernel"],
        outputBias: v.contains("output_bias") ? v["output_bias"] : nil,
        activation: activation(options), isGated: options.gated ?? false)
    }
  }

  let key = RandomKey(seed: 2)

  func operands(gated: Bool = false) -> [Tensor] {
    [[2, 3, 4], [4, gated ? 10 : 5], [gated ? 10 : 5], [5, 3], [3]].enumerated().map {
      key.derived(UInt32($0)).normal(Shape($1), elementType: .float64)
    }
  }

  @Test(.tags(.gradient)) func `has the derivatives of finite differences, compiled as well`()
    throws
  {
    for (isGated, rate) in [(false, 0), (true, 0), (true, 0.4)] {
      let dropoutKey = rate > 0 ? key : nil
      let function: @Sendable ([Tensor]) -> Tensor = {
        feedForward(
          $0[0], hiddenKernel: $0[1], hiddenBias: $0[2], outputKernel: $0[3], outputBias: $0[4],
          activation: .silu, isGated: isGated, dropoutRate: rate, dropoutKey: dropoutKey)
      }
      let x = operands(gated: isGated)
      expectGradientsMatch(at: x, "gated \(isGated), rate \(rate)", of: function)
      try expectCompiledMatches(
        at: x.map { $0.cast(to: .float32) }, "gated \(isGated), rate \(rate)", of: function)
    }
  }

  @Test func `dropout takes hidden features away`() {
    let x = Tensor.ones([50, 2])
    let (kernel, identity) = (Tensor.ones([2, 40]), Tensor.identity(40))
    func output(_ key: RandomKey?) -> Tensor {
      feedForward(
        x, hiddenKernel: kernel, outputKernel: identity, dropoutRate: 0.5, dropoutKey: key)
    }
    #expect(Set(output(key).scalars(as: Float.self)) == [0, 4])
    #expect(Set(output(nil).scalars(as: Float.self)) == [2])
  }

  @Test func `says what does not fit`() {
    let x = operands().map { $0.cast(to: .float32) }
    expectError(
      feedForward(x[0], hiddenKernel: x[3], outputKernel: x[3]),
      "feedForward needs x [..., inputs] and a kernel [inputs, outputs], got x [2, 3, 4], kernel [5, 3]; was `flatten` forgotten?"
    )
    expectError(
      feedForward(x[0], hiddenKernel: x[1], hiddenBias: x[4], outputKernel: x[3]),
      "feedForward needs a bias of shape [5], got [3]")
    expectError(
      feedForward(x[0], hiddenKernel: x[1], outputKernel: x[3], isGated: true),
      """
      feedForward needs an axis of even size, whose halves are values and gates, got axis 2 of \
      shape [2, 3, 5]
      """)
    expectError(
      feedForward(x[0], hiddenKernel: x[1], outputKernel: x[3], dropoutRate: 1, dropoutKey: key),
      "feedForward needs a rate in 0 ..< 1, got 1.0 for shape [2, 3, 5]")
  }
}

/// The activation of a golden case.
func activation(_ options: TransformerGolden) -> Activation {
  switch options.activation {
  case "relu": .relu
  case "gelu": .gelu
  default: .silu
  }
}
