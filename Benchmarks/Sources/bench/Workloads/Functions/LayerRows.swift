import Ranvier

extension FunctionRow {
  /// Every layer.
  static let layers: [FunctionRow] =
    lookups + convolutions + pools + normalizations + recurrent + attentions

  private static func images(_ size: Int, _ channels: Int) -> Operand {
    .normal("x", [16, size, size, channels])
  }

  private static func kernel(_ shape: Shape) -> Operand {
    .normal("kernel", shape, standardDeviation: 0.05)
  }

  private static func bias(_ count: Int) -> Operand { .normal("bias", [count]) }

  private static let lookups = [
    FunctionRow("dense", [.normal("x", [128, 512]), kernel([512, 512]), bias(512)]) {
      dense($0[0], $0[1], $0[2])
    },
    FunctionRow(
      "embedding", [.integers("ids", [32, 128], below: 10000), .normal("table", [10000, 128])]
    ) { embedding($0[0], table: $0[1]) },
  ]

  private static let convolutions = [
    FunctionRow("convolution_1d", [.normal("x", [16, 256, 64]), kernel([3, 64, 64]), bias(64)]) {
      convolution($0[0], $0[1], $0[2], padding: .same)
    },
    FunctionRow("convolution_2d", [images(28, 64), kernel([3, 3, 64, 64]), bias(64)]) {
      convolution($0[0], $0[1], $0[2], padding: .same)
    },
    FunctionRow("convolution_2d_strided", [images(28, 64), kernel([3, 3, 64, 64]), bias(64)]) {
      convolution($0[0], $0[1], $0[2], strides: [2], padding: .explicit(1))
    },
    FunctionRow(
      "convolution_3d", [.normal("x", [4, 12, 12, 12, 32]), kernel([3, 3, 3, 32, 32]), bias(32)]
    ) { convolution($0[0], $0[1], $0[2], padding: .same) },
    FunctionRow(
      "transposed_convolution_2d", [images(14, 64), kernel([3, 3, 32, 64]), bias(32)]
    ) { transposedConvolution($0[0], $0[1], $0[2], strides: [2]) },
    FunctionRow("depthwise_convolution_2d", [images(28, 64), kernel([3, 3, 1, 64]), bias(64)]) {
      convolution($0[0], $0[1], $0[2], padding: .same, groups: 64)
    },
  ]

  private static let pools = [
    FunctionRow("max_pool_2d", [images(28, 64)]) { maxPool($0[0], windowSize: [2]) },
    FunctionRow("max_pool_2d_overlapping", [images(28, 64)]) {
      maxPool($0[0], windowSize: [3], strides: [2], padding: .explicit(1))
    },
    FunctionRow("average_pool_2d", [images(28, 64)]) { averagePool($0[0], windowSize: [2]) },
    FunctionRow("global_average_pool_2d", [images(28, 64)]) { globalAveragePool($0[0]) },
    FunctionRow("global_max_pool_2d", [images(28, 64)]) { globalMaxPool($0[0]) },
  ]

  private static func scale(_ count: Int) -> Operand {
    .normal("scale", [count], mean: 1, standardDeviation: 0.1)
  }

  private static func offset(_ count: Int) -> Operand { .normal("offset", [count]) }

  private static let normalizations = [
    FunctionRow("batch_norm", [images(28, 64), scale(64), offset(64)]) {
      batchNormTraining($0[0], scale: $0[1], offset: $0[2]).output
    },
    FunctionRow("layer_norm", [.normal("x", [1024, 512]), scale(512), offset(512)]) {
      layerNorm($0[0], scale: $0[1], offset: $0[2])
    },
    FunctionRow("rms_norm", [.normal("x", [1024, 512]), scale(512)]) {
      rmsNorm($0[0], scale: $0[1])
    },
    FunctionRow("group_norm", [images(28, 64), scale(64), offset(64)]) {
      groupNorm($0[0], groups: 8, scale: $0[1], offset: $0[2])
    },
    FunctionRow("dropout", isRandom: true, [.normal("x", [512, 1024])]) {
      dropout($0[0], rate: 0.5, key: RandomKey(seed: 1))
    },
  ]

  private static func recurrentOperands(gates: Int) -> [Operand] {
    [
      .normal("x", [32, 64, 64]), kernel([64, gates * 256]),
      .normal("recurrent_kernel", [256, gates * 256], standardDeviation: 0.05), bias(gates * 256),
    ]
  }

  private static let recurrent = [
    FunctionRow("lstm", recurrentOperands(gates: 4)) {
      Ranvier.lstm($0[0], kernel: $0[1], recurrentKernel: $0[2], bias: $0[3]).states
    },
    FunctionRow("gru", recurrentOperands(gates: 3) + [.normal("recurrent_bias", [256])]) {
      Ranvier.gru(
        $0[0], kernel: $0[1], recurrentKernel: $0[2], bias: $0[3], recurrentBias: $0[4]
      ).states
    },
  ]

  private static let heads: [Operand] = ["query", "key", "value"].map {
    .normal($0, [8, 8, 128, 64])
  }

  private static let attentions = [
    FunctionRow("attention", heads) { scaledDotProductAttention($0[0], $0[1], $0[2]) },
    FunctionRow("causal_attention", heads) {
      scaledDotProductAttention($0[0], $0[1], $0[2], isCausal: true)
    },
  ]
}
