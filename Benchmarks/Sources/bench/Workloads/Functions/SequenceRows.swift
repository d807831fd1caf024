import Ranvier

extension FunctionRow {
  private static func operands(gates: Int) -> [Operand] {
    [
      .normal("x", [32, 64, 64]), .kernel([64, gates * 256]),
      .kernel([256, gates * 256], name: "recurrent_kernel"), .bias(gates * 256),
    ]
  }

  static let recurrent = [
    FunctionRow("simple_rnn", operands(gates: 1)) {
      simpleRNN($0[0], kernel: $0[1], recurrentKernel: $0[2], bias: $0[3]).states
    },
    FunctionRow("lstm", operands(gates: 4)) {
      lstm($0[0], kernel: $0[1], recurrentKernel: $0[2], bias: $0[3]).states
    },
    FunctionRow("gru", operands(gates: 3) + [.normal("recurrent_bias", [256])]) {
      gru(
        $0[0], kernel: $0[1], recurrentKernel: $0[2], bias: $0[3], recurrentBias: $0[4]
      ).states
    },
    FunctionRow(
      "conv_lstm",
      [
        .normal("x", [4, 8, 16, 16, 8]), .kernel([3, 3, 8, 64]),
        .kernel([3, 3, 16, 64], name: "recurrent_kernel"), .bias(64),
      ]
    ) { convLSTM($0[0], kernel: $0[1], recurrentKernel: $0[2], bias: $0[3]).states },
  ]

  private static let heads: [Operand] = ["query", "key", "value"].map {
    .normal($0, [8, 8, 128, 64])
  }

  static let attentions = [
    FunctionRow("attention", heads) { scaledDotProductAttention($0[0], $0[1], $0[2]) },
    FunctionRow("causal_attention", heads) {
      scaledDotProductAttention($0[0], $0[1], $0[2], isCausal: true)
    },
    FunctionRow(
      "grouped_attention",
      [
        .normal("query", [8, 128, 512]), .normal("key", [8, 128, 128]),
        .normal("value", [8, 128, 128]),
      ]
    ) { multiHeadAttention($0[0], $0[1], $0[2], heads: 8, keyValueHeads: 2) },
    FunctionRow("linear_bias_attention", heads) {
      scaledDotProductAttention(
        $0[0], $0[1], $0[2], mask: linearPositionBias(heads: 8, queries: 128, keys: 128))
    },
    FunctionRow("rotary_positions", [.normal("x", [8, 128, 512])]) {
      rotaryPositions($0[0], heads: 8)
    },
    FunctionRow("sinusoidal_positions", [.normal("x", [8, 128, 512])]) {
      sinusoidalPositionEmbedding($0[0])
    },
  ]

  /// Every layer.
  static let layers: [FunctionRow] =
    features + convolutions + pools + imageOperations + normalizations + dropouts + recurrent
    + attentions
}
