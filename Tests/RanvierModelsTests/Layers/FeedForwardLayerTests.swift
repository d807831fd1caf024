import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct FeedForwardLayerTests {
  @Test(.tags(.golden)) func `equals PyTorch, with all derivatives`() throws {
    try expectTransformerGolden("feed_forward", cases: 3, path: { "f/\($0)" }) {
      inputs, options, v in
      inputs["input"]!.feedForward(
        hidden: v["output_kernel"].shape[0], activation: options.activationValue,
        isGated: options.gated ?? false, useBias: v.contains("hidden_bias"), name: "f")
    }
  }

  let x = Model.input("x", shape: [nil, nil, 6])

  @Test func `declares two kernels and biases`() throws {
    let signature = try x.feedForward(hidden: 10).outputSignature()
    #expect(signature.output.shape == [nil, nil, 6])
    #expect(
      signature.parameters.map(\.name)
        == ["hidden_kernel", "hidden_bias", "output_kernel", "output_bias"])
    #expect(signature.parameters.map(\.shape) == [[6, 10], [10], [10, 6], [6]])
    let gated = try x.feedForward(hidden: 10, isGated: true, useBias: false).outputSignature()
    #expect(gated.parameters.map(\.shape) == [[6, 20], [10, 6]])
    #expect(try Model.input(shape: [nil, 4]).feedForward(hidden: 3).outputShape() == [nil, 4])
  }

  @Test func `drops hidden features while training only`() throws {
    let model = x.feedForward(hidden: 50, dropoutRate: 0.5)
    let (initialize, train) = try model.build(mode: .training)
    let state = try initialize(seed: 1)
    let values = randomInput([2, 3, 6])
    let first = try train(state, values, key: RandomKey(seed: 1)).output
    #expect(try train(state, values, key: RandomKey(seed: 1)).output == first)
    #expect(try train(state, values, key: RandomKey(seed: 2)).output != first)
    expectClose(
      try model.output(for: values), try x.feedForward(hidden: 50).output(for: values))
  }

  @Test func `is close with products of bf16`() throws {
    let model = x.feedForward(hidden: 20, activation: .silu, isGated: true)
    let (initialize, predict) = try model.build(precision: .mixedBFloat16)
    let (state, values) = (try initialize(seed: 1), randomInput([2, 3, 6]))
    let (narrow, full) = (try predict(state, values), try model.output(for: values))
    #expect(narrow.elementType == .float32 && narrow != full)
    expectClose(narrow, full, relative: 0.03, absolute: 0.03)
  }

  @Test func `shows its options`() throws {
    let rows = try x.feedForward(hidden: 8)
      .feedForward(hidden: 8, activation: .silu, isGated: true, dropoutRate: 0.1, useBias: false)
      .summary().rows
    #expect(rows[1].options == ["hidden: 8", "activation: relu"])
    #expect(
      rows[2].options
        == ["hidden: 8", "activation: silu", "gated: true", "dropout: 0.1", "use bias: false"])
    #expect(rows[1].path == "feed_forward_0")
  }

  @Test func `refuses what does not fit`() {
    expectProblem(x.feedForward(hidden: 0), rule: "at least one hidden feature", got: "0")
    expectProblem(x.feedForward(hidden: 2, dropoutRate: 1), rule: "0 ..< 1", got: "1.0")
    expectProblem(
      Model.input(shape: [nil, nil]).feedForward(hidden: 2), rule: "known features",
      got: "[nil, nil]")
    expectProblem(
      Model.input(shape: [nil, 3], elementType: .int32).feedForward(hidden: 2),
      rule: "floating-point", got: "i32[nil, 3]")
  }
}
