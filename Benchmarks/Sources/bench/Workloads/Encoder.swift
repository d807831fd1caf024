import Ranvier

extension Workload {
  /// What a Transformer encoder makes of a text.
  static let encoderPrediction = encoderPrediction(
    batch: 1, goals: [.float32: 0.8, .bfloat16: 0.6])

  /// What a Transformer encoder makes of eight texts.
  static let encoderPredictionOfBatch = encoderPrediction(
    batch: 8, goals: [.float32: 0.85, .bfloat16: 0.6])

  private static func encoderPrediction(batch: Int, goals: [Precision: Double]) -> Workload {
    Workload(
      name: "encoder_infer_b\(batch)",
      summary: "Transformer encoder 6 x 384, 12 heads, 128 tokens, predict batch \(batch)",
      goals: goals,
      productOperations: Double(batch * encoderLayers)
        * transformerOperations(tokens: encoderTokens, features: encoderFeatures)
    ) { precision in
      try PredictionRun(
        encoder,
        input: RandomKey(seed: 1).derived("x").normal([batch, encoderTokens, encoderFeatures]),
        precision: precision)
    }
  }

  private static let encoderLayers = 6
  private static let encoderTokens = 128
  private static let encoderFeatures = 384

  /// Layers as in arXiv:1706.03762, section 3.1, with gelu.
  private static var encoder: Model {
    var model = Model.input("x", shape: [nil, encoderTokens, encoderFeatures])
    for layer in 0 ..< encoderLayers {
      model = model.scope("layer_\(layer)") { x in
        let attended = Model.add(x, x.multiHeadAttention(heads: 12)).layerNorm()
        let transformed = attended.dense(4 * encoderFeatures, activation: .gelu)
          .dense(encoderFeatures)
        return Model.add(attended, transformed).layerNorm()
      }
    }
    return model
  }

  /// The operations of one layer for one sequence: four projections, a perceptron that is four
  /// times as wide, scores and what they weigh.
  static func transformerOperations(tokens: Int, features: Int) -> Double {
    Double(2 * tokens * features * (12 * features + 2 * tokens))
  }
}
