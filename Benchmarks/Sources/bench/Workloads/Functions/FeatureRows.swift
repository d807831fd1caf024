import Ranvier

extension FunctionRow {
  static let features = [
    FunctionRow("dense", [.normal("x", [128, 512]), .kernel([512, 512]), .bias(512)]) {
      dense($0[0], $0[1], $0[2])
    },
    FunctionRow(
      "bilinear",
      [
        .normal("first", [64, 64]), .normal("second", [64, 64]), .kernel([64, 64, 64]), .bias(64),
      ]
    ) { bilinear($0[0], $0[1], $0[2], $0[3]) },
    FunctionRow("bias", [.normal("x", [512, 1024]), .bias(1024)]) { bias($0[0], $0[1]) },
    FunctionRow(
      "embedding", [.integers("ids", [32, 128], below: 10000), .normal("table", [10000, 128])]
    ) { embedding($0[0], table: $0[1]) },
    FunctionRow(
      "graph_convolution",
      [
        .normal("x", [256, 128]), .uniform("adjacency", [256, 256]).constant,
        .kernel([128, 128]), .bias(128),
      ]
    ) { graphConvolution($0[0], adjacency: $0[1], $0[2], $0[3]) },
    FunctionRow(
      "feed_forward",
      [
        .normal("x", [8, 128, 256]), .kernel([256, 1024]), .bias(1024),
        .kernel([1024, 256], name: "output_kernel"), .bias(256, name: "output_bias"),
      ]
    ) {
      feedForward(
        $0[0], hiddenKernel: $0[1], hiddenBias: $0[2], outputKernel: $0[3], outputBias: $0[4],
        activation: .gelu)
    },
    FunctionRow(
      "mixture_of_experts",
      [
        .normal("x", [512, 256]), .normal("scores", [512, 8]), .kernel([8, 256, 512]),
        .kernel([8, 512, 256], name: "output_kernel"),
      ]
    ) {
      mixtureOfExperts(
        $0[0], weights: expertWeights($0[1], chosen: 2), hiddenKernels: $0[2],
        outputKernels: $0[3], chosen: 2)
    },
  ]
}
