import RanvierData
import RanvierFunctions
import RanvierLoop
import RanvierModels
import RanvierOptimizers
import RanvierTensors
import TestSupport
import Testing

/// Models of sequences as ordinary functions of models, trained for a few steps.
struct SequenceModelTests {
  /// A block of a GPT: the normalization comes before each half.
  func preNormBlock(_ x: Model, heads: Int, features: Int) -> Model {
    let attended = Model.add(
      x, x.layerNorm().multiHeadAttention(heads: heads, isCausal: true))
    return Model.add(
      attended,
      attended.layerNorm().dense(4 * features, activation: .gelu).dense(features))
  }

  /// A language model: the next token after each.
  func gpt(blocks: Int, features: Int, heads: Int, tokens: Int, vocabulary: Int) -> Model {
    var x = Model.input("tokens", shape: [nil, nil], elementType: .int32)
      .embedding(vocabulary: vocabulary, features: features)
      .positionEmbedding(maximumLength: tokens)
    for block in 0 ..< blocks {
      x = x.scope("block_\(block)") { preNormBlock($0, heads: heads, features: features) }
    }
    return x.layerNorm().dense(vocabulary, useBias: false)
  }

  /// A block of a transformer encoder: the normalization comes after each half.
  func postNormBlock(_ x: Model, heads: Int, features: Int) -> Model {
    let attended = Model.add(x, x.multiHeadAttention(heads: heads)).layerNorm()
    return Model.add(
      attended, attended.dense(4 * features, activation: .gelu).dense(features)
    ).layerNorm()
  }

  func encoder(blocks: Int, features: Int, heads: Int, tokens: Int) -> Model {
    (0 ..< blocks).reduce(Model.input("x", shape: [nil, tokens, features])) { x, block in
      x.scope("block_\(block)") { postNormBlock($0, heads: heads, features: features) }
    }
  }

  /// Expects the loss of a model to fall below a share of its first value.
  func expectLearns(
    _ model: Model, _ inputs: Tensor, _ targets: Tensor, loss: Loss, share: Double
  ) throws {
    let batches = try Dataset(inputs: inputs, targets: targets).batches(of: inputs.shape[0])
    let log = Log<Double>()
    let loop = Loop.trainer(model, loss: loss, optimizer: .adam(learningRate: 0.01))
      .progress(.silent)
      .on(.iterationCompleted) { state in
        log.append(state.batchLoss)
        return .proceed
      }
    _ = try loop.run(over: batches, epochs: 30)
    let (first, last) = try (#require(log.entries.first), #require(log.entries.last))
    #expect(last < share * first, "\(first) to \(last)")
  }

  @Test func `a GPT predicts and learns`() throws {
    let model = gpt(blocks: 2, features: 16, heads: 2, tokens: 8, vocabulary: 7)
    let (initialize, predict) = try model.build()
    let state = try initialize(seed: 1)
    // Each token follows from the one before.
    let text = remainder(Tensor.range(9) * 3 + Tensor.range(4).reshaped(to: [4, 1]), 7)
    let (inputs, targets) = (text[.all, 0 ..< 8], text[.all, 1 ..< 9])
    let logits = try predict(state, inputs)
    #expect(logits.shape == [4, 8, 7])
    // What comes later has no influence.
    var changed = inputs
    changed[.all, 5 ..< 8] = Tensor(Int32(0))
    let others = try predict(state, changed)
    expectClose(others[.all, 0 ..< 5], logits[.all, 0 ..< 5])
    #expect(others[.all, 5 ..< 8] != logits[.all, 5 ..< 8])
    // Shorter texts, too.
    expectClose(try predict(state, inputs[.all, 0 ..< 3]), logits[.all, 0 ..< 3])
    try expectLearns(
      model, inputs, targets, loss: .categoricalCrossEntropy(fromLogits: true), share: 0.2)
  }

  @Test func `a transformer encoder predicts and learns`() throws {
    let model = encoder(blocks: 2, features: 12, heads: 3, tokens: 6)
    let key = RandomKey(seed: 2)
    let (x, targets) = (key.normal([4, 6, 12]), key.derived(1).normal([4, 6, 12]))
    #expect(try model.build().predict(model.build().initialize(seed: 1), x).shape == [4, 6, 12])
    try expectLearns(model, x, targets, loss: .meanSquaredError, share: 0.7)
  }

  @Test func `an LSTM remembers the first step`() throws {
    let model = Model.input("x", shape: [nil, nil, 1])
      .lstm(8).gru(8, returnsSequence: false).dense(1)
    let x = RandomKey(seed: 3).normal([16, 5, 1])
    try expectLearns(model, x, x[.all, 0], loss: .meanSquaredError, share: 0.5)
  }

  @Test func `the benchmark's sizes have the parameters they should`() throws {
    let gpt = try gpt(blocks: 4, features: 128, heads: 4, tokens: 64, vocabulary: 65).summary()
    let block = { (f: Int) in 4 * f * f + 4 * f + 8 * f * f + 5 * f + 4 * f }
    #expect(gpt.parameterCount == 65 * 128 + 64 * 128 + 4 * block(128) + 2 * 128 + 128 * 65)
    let encoder = try encoder(blocks: 6, features: 384, heads: 12, tokens: 128).summary()
    #expect(encoder.parameterCount == 6 * block(384))
    #expect(encoder.rows.last?.path == "block_5/layer_norm_1")
  }
}
