import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct SeparableConvolutionLayerTests {
  @Test func `has a pointwise kernel`() throws {
    let model = Model.input(shape: [nil, 9, nil, 3]).separableConv(
      5, multiplier: 2, kernelSize: 3, strides: [2, 1])
    let signature = try model.outputSignature()
    #expect(signature.output.shape == [nil, 4, nil, 5])
    #expect(signature.parameters.map(\.name) == ["kernel", "pointwise_kernel", "bias"])
    #expect(signature.parameters.map(\.shape) == [[3, 3, 1, 6], [6, 5], [5]])
    #expect(try model.output(for: randomInput([2, 9, 4, 3])).shape == [2, 4, 2, 5])
    for shape in [[nil, 4, 2], [nil, 4, 4, 4, 2]] as [DynamicShape] {
      #expect(try Model.input(shape: shape).separableConv(1, kernelSize: 2).outputShape()[1] == 3)
    }
  }

  @Test func `equals the function it is made of`() throws {
    let (initialize, predict) = try Model.input(shape: [nil, 6, 5, 2]).separableConv(
      4, multiplier: 2, kernelSize: 3, padding: .same, activation: .relu,
      biasInitializer: .uniform
    ).build()
    let state = try initialize(seed: 5)
    let x = randomInput([3, 6, 5, 2])
    let expected = separableConvolution(
      x, state.parameters["separable_conv_0/kernel"],
      pointwiseKernel: state.parameters["separable_conv_0/pointwise_kernel"],
      state.parameters["separable_conv_0/bias"], padding: .same)
    expectClose(try predict(state, x), relu(expected), absolute: 1e-6)
  }

  @Test func `refuses options that do not fit`() {
    let image = Model.input(shape: [nil, 4, 4, 6])
    expectProblem(image.separableConv(0), rule: "positive filters", got: "0 filters")
    expectProblem(
      image.separableConv(1, multiplier: -1), rule: "a positive multiplier", got: "multiplier -1")
    expectProblem(image.separableConv(1, kernelSize: 5), rule: "as large as the window", got: "5")
  }
}
