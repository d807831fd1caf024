import Ranvier

extension Workload {
  /// Training of a small language model over characters.
  static let gptTraining = Workload(
    name: "gpt_train_b12", summary: "GPT 4 x 128, 4 heads, 64 tokens, batch 12, Adam step",
    goals: [.float32: 0.5, .bfloat16: 0.4], productOperations: 3 * gptOperations
  ) { precision in
    let key = RandomKey(seed: 1)
    func characters(_ name: String) -> Tensor {
      key.derived(name).integers([gptBatch, gptTokens], in: 0 ..< gptVocabulary)
    }
    return try TrainingRun(
      gpt, input: characters("x"), targets: characters("y"), precision: precision)
  }

  private static let gptBatch = 12
  private static let gptTokens = 64
  private static let gptLayers = 4
  private static let gptFeatures = 128
  private static let gptVocabulary = 65

  /// Normalization stands before what it feeds, as in GPT-2.
  private static var gpt: Model {
    var model = Model.input("x", shape: [nil, gptTokens], elementType: .int32)
      .embedding(vocabulary: gptVocabulary, features: gptFeatures)
      .positionEmbedding(maximumLength: gptTokens)
    for layer in 0 ..< gptLayers {
      model = model.scope("layer_\(layer)") { x in
        let attended = Model.add(x, x.layerNorm().multiHeadAttention(heads: 4, isCausal: true))
        let transformed = attended.layerNorm().dense(4 * gptFeatures, activation: .gelu)
          .dense(gptFeatures)
        return Model.add(attended, transformed)
      }
    }
    return model.layerNorm().dense(gptVocabulary)
  }

  private static let gptOperations =
    Double(gptBatch)
    * (Double(gptLayers) * transformerOperations(tokens: gptTokens, features: gptFeatures)
      + Double(2 * gptTokens * gptFeatures * gptVocabulary))
}
