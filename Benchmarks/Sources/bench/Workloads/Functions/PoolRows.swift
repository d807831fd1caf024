import Ranvier

extension FunctionRow {
  static let pools = [
    FunctionRow("max_pool_2d", [.images(28, 64)]) { maxPool($0[0], windowSize: [2]) },
    FunctionRow("max_pool_2d_overlapping", [.images(28, 64)]) {
      maxPool($0[0], windowSize: [3], strides: [2], padding: .explicit(1))
    },
    FunctionRow("average_pool_2d", [.images(28, 64)]) { averagePool($0[0], windowSize: [2]) },
    FunctionRow("average_pool_2d_padded", [.images(28, 64)]) {
      averagePool($0[0], windowSize: [3], strides: [2], padding: .explicit(1))
    },
    FunctionRow("lp_pool_2d", [.images(28, 64)]) { lpPool($0[0], windowSize: [2]) },
    FunctionRow("adaptive_average_pool_2d", [.images(32, 64)]) {
      adaptiveAveragePool($0[0], outputSize: [7])
    },
    FunctionRow("adaptive_max_pool_2d", [.images(32, 64)]) {
      adaptiveMaxPool($0[0], outputSize: [7])
    },
    FunctionRow("global_average_pool_2d", [.images(28, 64)]) { globalAveragePool($0[0]) },
    FunctionRow("global_max_pool_2d", [.images(28, 64)]) { globalMaxPool($0[0]) },
    FunctionRow("blur_pool_2d", [.images(28, 64)]) { blurPool($0[0]) },
    FunctionRow(
      "fractional_max_pool_2d", [.images(28, 64), .uniform("samples", [16, 2, 64]).constant]
    ) { fractionalMaxPool($0[0], windowSize: [2], outputSize: [18], samples: $0[1]) },
  ]
}
