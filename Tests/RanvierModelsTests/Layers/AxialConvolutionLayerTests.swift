import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct AxialConvolutionLayerTests {
  @Test func `has a kernel and a bias for each axis`() throws {
    let model = Model.input(shape: [nil, 9, nil, 3]).axialConv(
      multiplier: 2, kernelSize: [3, 2], strides: [2, 1])
    let signature = try model.outputSignature()
    #expect(signature.output.shape == [nil, 4, nil, 6])
    #expect(signature.parameters.map(\.name) == ["kernel_1", "bias_1", "kernel_2", "bias_2"])
    #expect(signature.parameters.map(\.shape) == [[3, 1, 1, 6], [6], [1, 2, 1, 6], [6]])
    #expect(
      signature.parameters.map(\.layout) == [
        .convolution(groups: 3), .dense, .convolution(groups: 6), .dense,
      ])
    #expect(try model.output(for: randomInput([2, 9, 4, 3])).shape == [2, 4, 3, 6])
    let volume = Model.input(shape: [nil, 4, 4, 4, 2]).axialConv(kernelSize: 2, useBias: false)
    #expect(
      try volume.outputSignature().parameters.map(\.name) == ["kernel_1", "kernel_2", "kernel_3"])
    #expect(try volume.output(for: randomInput([1, 4, 4, 4, 2])).shape == [1, 3, 3, 3, 2])
  }

  @Test func `equals the function it is made of`() throws {
    let (initialize, predict) = try Model.input(shape: [nil, 6, 5, 2]).axialConv(
      kernelSize: 3, padding: .same, activation: .relu, biasInitializer: .uniform
    ).build()
    let state = try initialize(seed: 5)
    let x = randomInput([3, 6, 5, 2])
    func parameters(_ name: String) -> [Tensor] {
      (1 ... 2).map { state.parameters["axial_conv_0/\(name)_\($0)"] }
    }
    let expected = axialConvolution(
      x, kernels: parameters("kernel"), biases: parameters("bias"), padding: .same)
    expectClose(try predict(state, x), relu(expected), absolute: 1e-6)
  }

  @Test func `refuses options that do not fit`() {
    let image = Model.input(shape: [nil, 4, 4, 6])
    expectProblem(image.axialConv(multiplier: 0), rule: "a positive multiplier", got: "0 of 6")
    expectProblem(image.axialConv(kernelSize: [1, 5]), rule: "as large as the window", got: "1x5")
  }
}
