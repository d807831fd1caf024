import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct TransposedConvolutionLayerTests {
  @Test func `resolves shapes that predictions have`() throws {
    let image = Model.input(shape: [nil, 5, nil, 4])
    let model = image.convTranspose(6, kernelSize: [3, 2], strides: [2, 3], groups: 2)
    let signature = try model.outputSignature()
    #expect(signature.output.shape == [nil, 11, nil, 6])
    #expect(signature.parameters.map(\.name) == ["kernel", "bias"])
    #expect(signature.parameters.map(\.shape) == [[3, 2, 3, 4], [6]])
    #expect(signature.parameters[0].layout == .transposedConvolution(groups: 2))
    #expect(try model.output(for: randomInput([2, 5, 7, 4])).shape == [2, 11, 20, 6])
    #expect(
      try image.convTranspose(3, kernelSize: 3, strides: 2, padding: .same).outputShape()
        == [nil, 10, nil, 3])
    #expect(
      try image.convTranspose(
        3, kernelSize: 3, strides: 2, padding: .explicit(1), outputPadding: 1, dilation: 2
      ).outputShape() == [nil, 12, nil, 3])
    for shape in [[nil, 4, 2], [nil, 4, 4, 4, 2]] as [DynamicShape] {
      let output = try Model.input(shape: shape).convTranspose(1, strides: 3).outputShape()
      #expect(output[1] == 10 && output.rank == shape.rank)
    }
  }

  @Test(arguments: [false, true]) func `equals the function it is made of`(reverses: Bool) throws {
    let (initialize, predict) = try Model.input(shape: [nil, 4, 3, 2]).convTranspose(
      4, kernelSize: 3, strides: 2, padding: .explicit(1), outputPadding: [1, 0], groups: 2,
      reversesKernel: reverses, activation: .tanh, biasInitializer: .uniform
    ).build()
    let state = try initialize(seed: 5)
    let x = randomInput([3, 4, 3, 2])
    let expected = transposedConvolution(
      x, state.parameters["conv_transpose_0/kernel"], state.parameters["conv_transpose_0/bias"],
      strides: [2], padding: .explicit(1), outputPadding: [1, 0], groups: 2,
      reversesKernel: reverses)
    expectClose(try predict(state, x), tanh(expected), absolute: 1e-6)
  }

  @Test func `shows the options that differ from the defaults`() throws {
    let model = Model.input(shape: [nil, 4, 2]).convTranspose(
      4, kernelSize: 3, strides: 2, outputPadding: 1, groups: 2, reversesKernel: true,
      useBias: false)
    #expect(
      try model.summary().rows.last?.options == [
        "filters: 4", "kernel size: 3", "strides: 2", "output padding: 1", "groups: 2",
        "reverses kernel: true", "use bias: false",
      ])
  }

  @Test func `refuses options that do not fit`() {
    let image = Model.input(shape: [nil, 4, 4, 6])
    expectProblem(image.convTranspose(0), rule: "positive filters", got: "0 filters")
    expectProblem(image.convTranspose(4, groups: 4), rule: "groups that divide", got: "6 channels")
    expectProblem(image.convTranspose(1, kernelSize: [1, 2, 3]), rule: "kernel size", got: "1x2x3")
    expectProblem(
      image.convTranspose(1, outputPadding: 1), rule: "output padding below the stride", got: "[1]")
    expectProblem(
      image.convTranspose(1, padding: .explicit(3)), rule: "padding that leaves some of the output",
      got: "padding [3, 3]")
    expectProblem(image.convTranspose(1, strides: 0), rule: "strides of at least 1", got: "[0]")
    expectProblem(
      Model.input(shape: [nil, 4]).convTranspose(1), rule: "rank 3 to 5", got: "rank 2")
    expectProblem(
      Model.input(shape: [nil, 4, nil]).convTranspose(1), rule: "known number of channels",
      got: "[nil, 4, nil]")
  }
}
