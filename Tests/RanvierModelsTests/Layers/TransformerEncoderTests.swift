import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct TransformerEncoderTests {
  @Test(.tags(.golden)) func `equals PyTorch's layer, with all derivatives`() throws {
    try expectTransformerGolden(
      "encoder", cases: 4, path: { "b/\($0.replacing(".", with: "/"))" }
    ) { inputs, options, _ in
      inputs["input"]!.transformerEncoder(
        TransformerBlock(
          heads: options.heads ?? 1, hidden: options.hidden ?? 1,
          activation: options.activationValue, normalizesFirst: options.first ?? true),
        mask: inputs["mask"], isCausal: options.causal ?? false, name: "b")
    }
  }

  let x = Model.input("x", shape: [nil, nil, 8])
  let block = TransformerBlock(heads: 2, hidden: 12)

  @Test func `blocks have scopes of their own`() throws {
    let model = x.transformerEncoder(block, layers: 2).transformerEncoder(block)
    let parts = [
      "attention_norm", "attention", "attention_sum", "feed_forward_norm", "feed_forward",
      "feed_forward_sum",
    ]
    #expect(
      try model.paths()
        == ["x"]
        + (0 ..< 3).flatMap { number in
          parts.map { "transformer_encoder_\(number)/\($0)" }
        })
    #expect(try model.outputShape() == [nil, nil, 8])
    #expect(
      try x.transformerEncoder(block).parameterPaths()
        == [
          "attention_norm/scale", "attention_norm/offset", "attention/kernel", "attention/bias",
          "attention/output_kernel", "attention/output_bias", "feed_forward_norm/scale",
          "feed_forward_norm/offset", "feed_forward/hidden_kernel", "feed_forward/hidden_bias",
          "feed_forward/output_kernel", "feed_forward/output_bias",
        ].map { "transformer_encoder_0/\($0)" })
  }

  @Test func `names are those of blocks, in scopes and shared blocks as elsewhere`() throws {
    let named = x.transformerEncoder(block, name: "one").transformerEncoder(
      block, layers: 2, name: "more")
    let scopes = try named.paths().dropFirst().map { $0.split(separator: "/")[0] }
    #expect(scopes.uniqued() == ["one", "more_0", "more_1"])
    let scoped = x.scope("text") { $0.transformerEncoder(block) }.transformerEncoder(block)
    #expect(try scoped.paths()[1] == "text/transformer_encoder_0/attention_norm")
    #expect(try scoped.paths().last == "transformer_encoder_0/feed_forward_sum")
    let shared = SharedBlock("tower") { $0.transformerEncoder(block, layers: 2) }
    let twice = x |> shared |> shared
    let tower = try twice.paths().dropFirst().map {
      $0.split(separator: "/").prefix(2).joined(separator: "/")
    }
    #expect(
      tower.uniqued() == [
        "tower/transformer_encoder_0", "tower/transformer_encoder_1",
        "tower#2/transformer_encoder_0", "tower#2/transformer_encoder_1",
      ])
    #expect(try twice.parameterPaths().count == 2 * 12)
    // Numbers of scopes make no difference between models.
    let (first, second) = (
      x.transformerEncoder(block, layers: 2), x.transformerEncoder(block, layers: 2)
    )
    #expect(first == second && first != x.transformerEncoder(block))
  }

  @Test func `later tokens do not change earlier outputs of a causal stack`() throws {
    let language = TransformerBlock(
      heads: 4, hidden: 10, keyValueHeads: 2, positions: .rotary(), activation: .silu,
      isGated: true, norm: .rootMeanSquare(), useBias: false)
    let model = x.transformerEncoder(language, layers: 2, isCausal: true)
    let values = randomInput([2, 6, 8])
    var changed = values
    changed[.all, 4 ..< 6] = Tensor(3.0)
    let outputs = try [values, changed].map { try model.output(for: $0) }
    #expect(outputs[0][.all, 0 ..< 4] == outputs[1][.all, 0 ..< 4] && outputs[0] != outputs[1])
    #expect(
      try model.parameterPaths().prefix(6).map { String($0.dropFirst(22)) } == [
        "attention_norm/scale", "attention/kernel", "attention/output_kernel",
        "feed_forward_norm/scale", "feed_forward/hidden_kernel", "feed_forward/output_kernel",
      ])
  }

  @Test func `drops while training only, in every place by itself`() throws {
    var dropping = block
    (dropping.dropoutRate, dropping.attentionDropoutRate) = (0.3, 0.2)
    let model = x.transformerEncoder(dropping)
    #expect(
      try model.paths().filter { $0.hasSuffix("dropout") } == [
        "transformer_encoder_0/attention_dropout", "transformer_encoder_0/feed_forward_dropout",
      ])
    let values = randomInput([2, 5, 8])
    let (initialize, train) = try model.build(mode: .training)
    let state = try initialize(seed: 1)
    let first = try train(state, values, key: RandomKey(seed: 1)).output
    #expect(try train(state, values, key: RandomKey(seed: 1)).output == first)
    #expect(try train(state, values, key: RandomKey(seed: 2)).output != first)
    expectClose(
      try model.output(for: values), try x.transformerEncoder(block).output(for: values))
  }

  @Test(arguments: [true, false])
  func `compiled equals eager, and bf16 products are close`(normalizesFirst: Bool) throws {
    var options = block
    options.normalizesFirst = normalizesFirst
    let model = x.transformerEncoder(options, layers: 2, isCausal: true)
    let (initialize, predict) = try model.build()
    let (state, values) = (try initialize(seed: 1), randomInput([2, 5, 8]))
    let paths = state.parameters.paths
    try expectCompiledMatches(at: [values] + paths.map { state.parameters[$0] }, "encoder") {
      point in
      var parameters = Parameters()
      for (path, tensor) in zip(paths, point.dropFirst()) { parameters[path] = tensor }
      do {
        return try predict(ModelState(parameters: parameters), point[0])
      } catch {
        Issue.record(error)
        return point[0]
      }
    }
    let narrow = try model.build(precision: .mixedBFloat16).predict(state, values)
    let full = try predict(state, values)
    #expect(narrow.elementType == .float32 && narrow != full)
    expectClose(narrow, full, relative: 0.05, absolute: 0.05)
  }

  @Test func `problems name the layer and the line of the block`() {
    let line: Int = #line + 1
    let problems = x.transformerEncoder(TransformerBlock(heads: 3, hidden: 12)).problems()
    #expect(problems.map(\.path) == ["transformer_encoder_0/attention"])
    #expect(
      problems.allSatisfy { $0.location.line == line && $0.got == "3 heads of [nil, nil, 8]" })
    expectProblem(
      x.transformerEncoder(TransformerBlock(heads: 2, hidden: 0)), rule: "one hidden feature",
      got: "0")
    expectProblem(
      x.transformerEncoder(block, layers: 0), rule: "at least one layer", got: "0")
  }
}

extension Sequence where Element: Equatable {
  /// The elements without those that equal the one before.
  fileprivate func uniqued() -> [Element] {
    reduce(into: []) { if $0.last != $1 { $0.append($1) } }
  }
}
