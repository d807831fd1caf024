import RanvierCompilation
import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

/// A language model that is trained as a whole and generates with caches.
struct GenerationTests {
  static let heads = (queries: 4, shared: 2)
  static let features = 16
  static let layers = 2
  static let block = TransformerBlock(
    heads: heads.queries, hidden: 24, keyValueHeads: heads.shared, positions: .rotary(),
    activation: .silu, isGated: true, norm: .rootMeanSquare(), useBias: false)
  static let model = Model.input("tokens", shape: [nil, nil], elementType: .int32)
    .embedding(vocabulary: 11, features: features, name: "embedding")
    .transformerEncoder(block, layers: layers, isCausal: true, name: "block")
    .rmsNorm(name: "norm").dense(11, useBias: false, name: "head")

  /// Scores of the next tokens, with the model's parameters.
  @Sendable static func step(
    _ parameters: Parameters, _ tokens: Tensor, _ caches: [KeyValueCache]
  ) -> TreePair<Tensor, [KeyValueCache]> {
    var x = embedding(tokens, table: parameters["embedding/kernel"])
    var next: [KeyValueCache] = []
    for (layer, cache) in caches.enumerated() {
      let p = parameters.scope("block_\(layer)")
      let normed = rmsNorm(x, scale: p["attention_norm/scale"])
      let share = features / heads.queries
      let parts = dense(normed, p["attention/kernel"]).split(
        sizes: [features, heads.shared * share, heads.shared * share], alongAxis: -1)
      let (mixed, filled) = multiHeadAttention(
        rotaryPositions(parts[0], heads: heads.queries, offset: cache.length),
        rotaryPositions(parts[1], heads: heads.shared, offset: cache.length), parts[2],
        cache: cache, heads: heads.queries, keyValueHeads: heads.shared)
      next.append(filled)
      x = x + dense(mixed, p["attention/output_kernel"])
      x =
        x
        + feedForward(
          rmsNorm(x, scale: p["feed_forward_norm/scale"]),
          hiddenKernel: p["feed_forward/hidden_kernel"],
          outputKernel: p["feed_forward/output_kernel"], activation: .silu, isGated: true)
    }
    let scores = dense(rmsNorm(x, scale: parameters["norm/scale"]), parameters["head/kernel"])
    return TreePair(scores, next)
  }

  @Test func `steps with caches give what the model gives for the whole text`() throws {
    let (initialize, predict) = try Self.model.build()
    let state = try initialize(seed: 5)
    let (prompt, count) = (Tensor([[3, 1, 4]]).cast(to: .int32), 8)

    // With the model alone: the whole text again for each token.
    var text = prompt
    var scores: [Tensor] = []
    for _ in 0 ..< count {
      let last = try predict(state, text)[.all, text.shape[1] - 1]
      scores.append(last)
      text = Tensor(
        concatenating: [text, last.argmax().cast(to: .int32).reshaped(to: [1, 1])], alongAxis: 1)
    }

    // With caches: the prompt at once, then one token at a time by one compiled step.
    let width = Self.heads.shared * Self.features / Self.heads.queries
    let empty = KeyValueCache(
      batch: [1], capacity: 16, keyFeatures: width, valueFeatures: width)
    let step = compile(Self.step)
    var result = Self.step(
      state.parameters, prompt, [KeyValueCache](repeating: empty, count: Self.layers))
    var generated = prompt
    for number in 0 ..< count {
      let last = result.first[.all, result.first.shape[1] - 1]
      expectClose(last, scores[number], absolute: 1e-5, "token \(number)")
      let token = last.argmax().cast(to: .int32).reshaped(to: [1, 1])
      generated = Tensor(concatenating: [generated, token], alongAxis: 1)
      result = try step(state.parameters, token, result.second)
    }
    #expect(generated == text)
    #expect(result.second[0].length.scalar(as: Int32.self) == Int32(3 + count))
  }
}
