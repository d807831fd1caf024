import Ranvier

extension FunctionRow {
  static let convolutions = [
    FunctionRow(
      "convolution_1d", [.normal("x", [16, 256, 64]), .kernel([3, 64, 64]), .bias(64)]
    ) { convolution($0[0], $0[1], $0[2], padding: .same) },
    FunctionRow("convolution_2d", [.images(28, 64), .kernel([3, 3, 64, 64]), .bias(64)]) {
      convolution($0[0], $0[1], $0[2], padding: .same)
    },
    FunctionRow("convolution_2d_strided", [.images(28, 64), .kernel([3, 3, 64, 64]), .bias(64)]) {
      convolution($0[0], $0[1], $0[2], strides: [2], padding: .explicit(1))
    },
    FunctionRow(
      "convolution_3d",
      [.normal("x", [4, 12, 12, 12, 32]), .kernel([3, 3, 3, 32, 32]), .bias(32)]
    ) { convolution($0[0], $0[1], $0[2], padding: .same) },
    FunctionRow(
      "transposed_convolution_2d", [.images(14, 64), .kernel([3, 3, 32, 64]), .bias(32)]
    ) { transposedConvolution($0[0], $0[1], $0[2], strides: [2]) },
    FunctionRow(
      "depthwise_convolution_2d", [.images(28, 64), .kernel([3, 3, 1, 64]), .bias(64)]
    ) { depthwiseConvolution($0[0], $0[1], $0[2], padding: .same) },
    FunctionRow(
      "separable_convolution_2d",
      [
        .images(28, 64), .kernel([3, 3, 1, 64]), .kernel([64, 64], name: "pointwise"),
        .bias(64),
      ]
    ) { separableConvolution($0[0], $0[1], pointwiseKernel: $0[2], $0[3], padding: .same) },
    FunctionRow(
      "axial_convolution_2d",
      [.images(28, 64), .kernel([3, 1, 1, 64]), .kernel([1, 3, 1, 64], name: "second")]
    ) { axialConvolution($0[0], kernels: [$0[1], $0[2]], padding: .same) },
  ]
}
