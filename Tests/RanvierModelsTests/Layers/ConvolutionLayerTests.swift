import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct ConvolutionLayerTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var input: DynamicShape
    var kernelSize: SpatialSizes = 3
    var strides: SpatialSizes = 1
    var padding: Padding = .valid
    var dilation: SpatialSizes = 1
    var groups = 1
    var kernel: Shape
    var output: DynamicShape

    var testDescription: String {
      """
      \(input) size \(kernelSize) strides \(strides) \(padding) dilation \(dilation) \
      groups \(groups)
      """
    }
  }

  static let cases: [Case] = [
    Case(input: [nil, 9, 4], kernel: [3, 4, 8], output: [nil, 7, 8]),
    Case(input: [nil, nil, 4], kernel: [3, 4, 8], output: [nil, nil, 8]),
    Case(input: [nil, 9, 10, 4], kernel: [3, 3, 4, 8], output: [nil, 7, 8, 8]),
    Case(input: [nil, 9, nil, 4], strides: 2, kernel: [3, 3, 4, 8], output: [nil, 4, nil, 8]),
    Case(input: [2, 5, 6, 7, 4], kernel: [3, 3, 3, 4, 8], output: [2, 3, 4, 5, 8]),
    Case(
      input: [nil, 9, 10, 4], kernelSize: [1, 5], strides: [2, 1], kernel: [1, 5, 4, 8],
      output: [nil, 5, 6, 8]),
    Case(
      input: [nil, 9, 10, 4], strides: 2, padding: .same, kernel: [3, 3, 4, 8],
      output: [nil, 5, 5, 8]),
    Case(
      input: [nil, 9, 10, 4], padding: .explicit(low: [0, 2], high: [1, 0]),
      kernel: [3, 3, 4, 8], output: [nil, 8, 10, 8]),
    Case(
      input: [nil, 9, 10, 4], padding: .explicit(1), kernel: [3, 3, 4, 8],
      output: [nil, 9, 10, 8]),
    Case(
      input: [nil, 9, 10, 4], dilation: [2, 4], kernel: [3, 3, 4, 8], output: [nil, 5, 2, 8]),
    Case(input: [nil, 9, 10, 4], groups: 4, kernel: [3, 3, 1, 8], output: [nil, 7, 8, 8]),
  ]

  @Test(arguments: cases) func `resolves shapes that predictions have`(_ row: Case) throws {
    let model = Model.input(shape: row.input).conv(
      8, kernelSize: row.kernelSize, strides: row.strides, padding: row.padding,
      dilation: row.dilation, groups: row.groups)
    let signature = try model.outputSignature()
    #expect(signature.output.shape == row.output)
    #expect(signature.parameters.map(\.shape) == [row.kernel, [8]])
    for open in [2, 11] where row.input[0] == nil {
      // Open spatial sizes have to hold at least one window.
      var sizes = row.input.sizes.map { $0 ?? 11 }
      sizes[0] = open
      let output = try model.output(for: randomInput(Shape(sizes)))
      #expect(row.output.matches(output.shape), "\(output.shape)")
    }
  }

  @Test func `equals the function it is made of`() throws {
    let (initialize, predict) = try Model.input(shape: [nil, 6, 6, 2]).conv(
      4, kernelSize: 3, strides: 2, padding: .same, groups: 2, activation: .relu,
      biasInitializer: .uniform
    ).build()
    let state = try initialize(seed: 5)
    let x = randomInput([3, 6, 6, 2])
    let expected = convolution(
      x, state.parameters["conv_0/kernel"], state.parameters["conv_0/bias"], strides: [2],
      padding: .same, groups: 2)
    expectClose(try predict(state, x), relu(expected))
  }

  @Test func `spaces the input`() throws {
    let model = Model.input(shape: [nil, 6, nil, 2]).conv(
      4, kernelSize: 3, inputDilation: [2, 3], useBias: false)
    #expect(try model.outputShape() == [nil, 9, nil, 4])
    let (initialize, predict) = try model.build()
    let state = try initialize(seed: 5)
    let x = randomInput([3, 6, 4, 2])
    expectClose(
      try predict(state, x),
      convolution(x, state.parameters["conv_0/kernel"], inputDilation: [2, 3]), absolute: 1e-6)
    expectProblem(
      Model.input(shape: [nil, 6, 2]).conv(4, inputDilation: 0), rule: "input dilations of 1",
      got: "0")
    #expect(
      try model.summary().rows.last?.options.contains("input dilation: 2x3") == true)
  }

  @Test func `refuses ranks and options that do not fit`() {
    let image = Model.input(shape: [nil, 8, 8, 6])
    expectProblem(
      Model.input(shape: [nil, 6]).conv(4), rule: "rank 3 to 5", got: "[nil, 6] of rank 2",
      hint: "reshape")
    expectProblem(
      Model.input(shape: [nil, 2, 2, 2, 2, 3]).conv(4), rule: "rank 3 to 5", got: "of rank 6")
    expectProblem(
      Model.input(shape: [nil, 8, nil]).conv(4), rule: "known number of channels",
      got: "[nil, 8, nil]")
    expectProblem(image.conv(4, groups: 4), rule: "groups that divide", got: "6 channels")
    expectProblem(image.conv(4, groups: 0), rule: "groups that divide", got: "0 groups")
    expectProblem(image.conv(0), rule: "positive filters", got: "0 filters")
    expectProblem(image.conv(4, kernelSize: [3, 3, 3]), rule: "kernel size", got: "3x3x3")
    expectProblem(image.conv(4, kernelSize: 0), rule: "window sizes of at least 1", got: "[0]")
    expectProblem(image.conv(4, strides: 0), rule: "strides of at least 1", got: "[0]")
    expectProblem(image.conv(4, dilation: [1, 2, 3]), rule: "dilations", got: "[1, 2, 3]")
    expectProblem(image.conv(4, padding: .explicit(-1)), rule: "padding of at least 0", got: "[-1]")
    expectProblem(image.conv(4, kernelSize: 9), rule: "as large as the window", got: "window 9")
    for huge in [SpatialSizes(.max), SpatialSizes(1 << 40)] {
      expectProblem(image.conv(4, kernelSize: huge), rule: "below", got: "\(huge)")
      expectProblem(image.conv(4, kernelSize: 3, dilation: huge), rule: "below", got: "\(huge)")
      expectProblem(image.conv(4, padding: .explicit(huge.sizes[0])), rule: "below", got: "\(huge)")
    }
  }

  @Test func `an open size smaller than the window is refused when data comes`() throws {
    let model = Model.input("sound", shape: [nil, nil, 2]).conv(3, kernelSize: 5)
    let error = #expect(throws: ModelError.self) { try model.output(for: randomInput([1, 4, 2])) }
    #expect(error?.path.contains("conv_0 (conv, ") == true)
  }
}
