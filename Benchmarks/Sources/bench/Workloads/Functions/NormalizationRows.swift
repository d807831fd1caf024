import Ranvier

extension FunctionRow {
  static let normalizations = [
    FunctionRow("batch_norm", [.images(28, 64), .scale(64), .offset(64)]) {
      batchNormTraining($0[0], scale: $0[1], offset: $0[2]).output
    },
    FunctionRow("layer_norm", [.normal("x", [1024, 512]), .scale(512), .offset(512)]) {
      layerNorm($0[0], scale: $0[1], offset: $0[2])
    },
    FunctionRow("rms_norm", [.normal("x", [1024, 512]), .scale(512)]) {
      rmsNorm($0[0], scale: $0[1])
    },
    FunctionRow("group_norm", [.images(28, 64), .scale(64), .offset(64)]) {
      groupNorm($0[0], groups: 8, scale: $0[1], offset: $0[2])
    },
    FunctionRow("instance_norm", [.images(28, 64), .scale(64), .offset(64)]) {
      instanceNorm($0[0], scale: $0[1], offset: $0[2])
    },
    FunctionRow("weight_norm", [.kernel([512, 512]), .scale(512)]) {
      weightNorm($0[0], magnitude: $0[1])
    },
    FunctionRow(
      "spectral_norm",
      [.kernel([512, 512]), .normal("left", [512]).constant, .normal("right", [512]).constant]
    ) { spectralNormTraining($0[0], left: $0[1], right: $0[2]).output },
  ]

  private static let x = Operand.normal("x", [512, 1024])
  /// An operand, because bits of a known key would be computed ahead.
  private static let key = Operand(
    name: "key", value: { _ in RandomKey(seed: 1).words }, isConstant: true)

  static let dropouts = [
    FunctionRow("dropout", isRandom: true, [x, key]) {
      dropout($0[0], rate: 0.5, key: RandomKey(words: $0[1]))
    },
    FunctionRow("spatial_dropout", isRandom: true, [.images(28, 64), key]) {
      spatialDropout($0[0], rate: 0.5, key: RandomKey(words: $0[1]))
    },
    FunctionRow("alpha_dropout", isRandom: true, [x, key]) {
      alphaDropout($0[0], rate: 0.5, key: RandomKey(words: $0[1]))
    },
    FunctionRow("feature_alpha_dropout", isRandom: true, [.images(28, 64), key]) {
      featureAlphaDropout($0[0], rate: 0.5, key: RandomKey(words: $0[1]))
    },
    FunctionRow("gaussian_noise", isRandom: true, [x, key]) {
      gaussianNoise($0[0], standardDeviation: 0.5, key: RandomKey(words: $0[1]))
    },
    FunctionRow("gaussian_dropout", isRandom: true, [x, key]) {
      gaussianDropout($0[0], rate: 0.5, key: RandomKey(words: $0[1]))
    },
    FunctionRow("block_dropout", isRandom: true, [.images(28, 64), key]) {
      blockDropout($0[0], rate: 0.1, key: RandomKey(words: $0[1]))
    },
  ]
}
