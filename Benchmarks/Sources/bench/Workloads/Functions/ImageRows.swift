import Ranvier

extension FunctionRow {
  static let imageOperations = [
    FunctionRow("pad_reflect", [.images(28, 64)]) {
      let border = (before: 2, after: 2)
      return $0[0].padded([(0, 0), border, border, (0, 0)], mode: .reflect)
    },
    FunctionRow("pad_replicate", [.images(28, 64)]) {
      let border = (before: 2, after: 2)
      return $0[0].padded([(0, 0), border, border, (0, 0)], mode: .replicate)
    },
    FunctionRow("pad_circular", [.images(28, 64)]) {
      let border = (before: 2, after: 2)
      return $0[0].padded([(0, 0), border, border, (0, 0)], mode: .circular)
    },
    FunctionRow("resize_nearest", [.images(28, 64)]) { upSample($0[0]) },
    FunctionRow("resize_bilinear", [.images(28, 64)]) {
      resize($0[0], to: [40], method: .bilinear, antialias: false)
    },
    FunctionRow("resize_bicubic_antialias", [.images(28, 64)]) {
      resize($0[0], to: [20], method: .bicubic)
    },
    FunctionRow("pixel_shuffle", [.images(28, 64)]) { pixelShuffle($0[0], factor: 2) },
    FunctionRow("pixel_unshuffle", [.images(28, 64)]) { pixelUnshuffle($0[0], factor: 2) },
    FunctionRow("local_response_norm", [.images(28, 64)]) { localResponseNorm($0[0]) },
    FunctionRow("crop", [.images(28, 64)]) { crop($0[0], to: [24, 24]) },
    FunctionRow("linear_transform", [.images(28, 64)]) { linearTransform($0[0]) },
    FunctionRow("permute_channels", [.normal("x", [16, 128, 128, 4])]) {
      permuteChannels($0[0], order: [2, 1, 0, 3])
    },
    FunctionRow(
      "squeeze_excitation",
      [.images(28, 64), .kernel([64, 16], name: "squeeze"), .kernel([16, 64], name: "excite")]
    ) { squeezeExcitation($0[0], squeezeKernel: $0[1], exciteKernel: $0[2]) },
  ]
}
