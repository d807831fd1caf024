import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct DepthwiseConvolutionLayerTests {
  @Test func `resolves shapes that predictions have`() throws {
    let model = Model.input(shape: [nil, 9, nil, 3]).depthwiseConv(
      multiplier: 2, kernelSize: [3, 2], strides: 2, padding: .same)
    let signature = try model.outputSignature()
    #expect(signature.output.shape == [nil, 5, nil, 6])
    #expect(signature.parameters.map(\.name) == ["kernel", "bias"])
    #expect(signature.parameters.map(\.shape) == [[3, 2, 1, 6], [6]])
    #expect(signature.parameters[0].layout == .convolution(groups: 3))
    #expect(try model.output(for: randomInput([2, 9, 4, 3])).shape == [2, 5, 2, 6])
    for shape in [[nil, 4, 2], [nil, 4, 4, 4, 2]] as [DynamicShape] {
      #expect(try Model.input(shape: shape).depthwiseConv(kernelSize: 2).outputShape()[1] == 3)
    }
  }

  @Test func `equals the function it is made of`() throws {
    let (initialize, predict) = try Model.input(shape: [nil, 6, 5, 2]).depthwiseConv(
      multiplier: 3, kernelSize: 2, dilation: 2, activation: .relu, biasInitializer: .uniform
    ).build()
    let state = try initialize(seed: 5)
    let x = randomInput([3, 6, 5, 2])
    let expected = depthwiseConvolution(
      x, state.parameters["depthwise_conv_0/kernel"], state.parameters["depthwise_conv_0/bias"],
      dilation: [2])
    expectClose(try predict(state, x), relu(expected), absolute: 1e-6)
  }

  @Test func `refuses options that do not fit`() throws {
    let image = Model.input(shape: [nil, 4, 4, 6])
    expectProblem(
      image.depthwiseConv(multiplier: 0), rule: "a positive multiplier",
      got: "multiplier 0 of 6 channels")
    expectProblem(
      image.depthwiseConv(multiplier: .max), rule: "a positive multiplier", got: "\(Int.max)")
    expectProblem(image.depthwiseConv(kernelSize: 5), rule: "as large as the window", got: "5")
    expectProblem(Model.input(shape: [nil, 4]).depthwiseConv(), rule: "rank 3 to 5", got: "rank 2")
    #expect(
      try image.depthwiseConv(multiplier: 2, kernelSize: 3).summary().rows.last?.options
        == ["multiplier: 2", "kernel size: 3"])
  }
}
