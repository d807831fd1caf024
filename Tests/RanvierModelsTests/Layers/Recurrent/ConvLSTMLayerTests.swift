import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

@Suite struct ConvLSTMLayerTests {
  @Test(arguments: [1, 2, 3])
  func `computes sequences of images of 1 to 3 axes`(_ axes: Int) throws {
    let sizes = Array([6, 5, 4].prefix(axes))
    let x = Model.input("x", shape: DynamicShape([nil, nil] + sizes + [2]))
    let values = randomInput(Shape([2, 3] + sizes + [2]))
    let mask = Model.input("mask", shape: [nil, nil], elementType: .bool)
    let isStep = Tensor([[true, true, false], [true, true, true]])
    let (sequence, last) = x.recurrentWithState(
      .convLSTM(3, kernelSize: 3, strides: 2), mask: mask)
    let windows = sizes.map { ($0 + 1) / 2 }
    #expect(try sequence.outputShape() == DynamicShape([nil, nil] + windows + [3]))
    let (initialize, predict) = try sequence.build()
    let state = try initialize(seed: 1)
    let p = state.parameters.scope("conv_lstm_0")
    let window = [Int](repeating: 3, count: axes)
    #expect(p["kernel"].shape == Shape(window + [2, 12]))
    #expect(p["recurrent_kernel"].shape == Shape(window + [3, 12]))
    #expect(p["bias"].scalars(as: Float.self) == [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    let expected = convLSTM(
      values, kernel: p["kernel"], recurrentKernel: p["recurrent_kernel"], bias: p["bias"],
      mask: isStep, strides: [2])
    let inputs: Parameters = ["x": values, "mask": isStep]
    expectClose(try predict(state, inputs), expected.states)
    let cell = try #require(last.cell)
    #expect(try cell.outputShape() == DynamicShape([nil] + windows + [3]))
    expectClose(try cell.build().predict(state, inputs), expected.last.cell)
    let next = x.convLSTM(3, kernelSize: 3, strides: 2, returnsSequence: false, from: last)
    #expect(try next.outputShape() == DynamicShape([nil] + windows + [3]))
    #expect(try next.build().predict(next.build().initialize(seed: 2), inputs).shape[-1] == 3)
  }

  @Test func `counts all parameters and shows its options`() throws {
    let x = Model.input(shape: [nil, nil, 8, 8, 2])
    let summary = try x.convLSTM(
      3, kernelSize: [3, 1], padding: .valid, returnsSequence: false, useBias: false
    ).summary()
    #expect(summary.parameterCount == 3 * (2 + 3) * 12)
    #expect(
      summary.rows[1].options == [
        "units: 3", "returns: last state", "kernel size: 3x1", "padding: valid",
        "use bias: false",
      ])
    #expect(summary.rows[1].outputShape == [nil, 6, 8, 3])
    let learned = x.convLSTM(3, startInitializer: .ones)
    let (initialize, predict) = try learned.build()
    let state = try initialize(seed: 1)
    let values = randomInput([1, 2, 8, 8, 2])
    let p = state.parameters.scope("conv_lstm_0")
    let ones = Tensor.ones([1, 8, 8, 3])
    expectClose(
      try predict(state, values),
      convLSTM(
        values, from: LSTMState(hidden: ones, cell: ones), kernel: p["kernel"],
        recurrentKernel: p["recurrent_kernel"], bias: p["bias"]
      ).states)
    let both = x.bidirectional(.convLSTM(3), merge: .stack)
    #expect(try both.outputShape() == [nil, nil, 8, 8, 2, 3])
    #expect(try both.output(for: values).shape == [1, 2, 8, 8, 2, 3])
  }

  @Test func `refuses inputs and options that do not fit`() {
    let x = Model.input(shape: [nil, nil, 8, 8, 2])
    expectProblem(
      Model.input(shape: [nil, nil, 2]).convLSTM(3),
      rule: "[batch, steps, 1 to 3 spatial axes, channels]", got: "[nil, nil, 2]")
    expectProblem(
      Model.input(shape: [nil, nil, 8, nil]).convLSTM(3), rule: "known channels",
      got: "[nil, nil, 8, nil]")
    expectProblem(x.convLSTM(0), rule: "one unit", got: "0")
    expectProblem(x.convLSTM(2, kernelSize: [3, 3, 3]), rule: "window sizes", got: "[3, 3, 3]")
    expectProblem(
      x.convLSTM(2, kernelSize: 9, padding: .valid), rule: "as large as the window",
      got: "window 9")
    expectProblem(x.convLSTM(2, strides: 0), rule: "strides of at least 1", got: "[0]")
  }
}
