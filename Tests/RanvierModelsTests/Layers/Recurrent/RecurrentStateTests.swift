import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

@Suite struct RecurrentStateTests {
  let x = Model.input("x", shape: [nil, nil, 5])
  let values = randomInput([2, 4, 5])

  @Test func `sequence, hidden state and cell are models of their own`() throws {
    let (sequence, state) = x.recurrentWithState(.lstm(3))
    let cell = try #require(state.cell)
    #expect(try sequence.outputShape() == [nil, nil, 3])
    #expect(try state.hidden.outputShape() == [nil, 3] && cell.outputShape() == [nil, 3])
    let start = try sequence.build().initialize(seed: 1)
    let p = start.parameters.scope("lstm_0")
    let expected = lstm(
      values, kernel: p["kernel"], recurrentKernel: p["recurrent_kernel"], bias: p["bias"])
    expectClose(try sequence.build().predict(start, values), expected.states)
    expectClose(try state.hidden.build().predict(start, values), expected.last.hidden)
    expectClose(try cell.build().predict(start, values), expected.last.cell)
    // All three in one model are one layer.
    let joined = Model.concatenate(sequence.globalAveragePool(), state.hidden, cell)
    #expect(try joined.paths().filter { $0.contains("lstm") } == ["lstm_0"])
    expectClose(
      try joined.build().predict(start, values)[.all, 3...],
      Tensor(concatenating: expected.last.tensors, alongAxis: 1))
    let (_, single) = x.recurrentWithState(.gru(2), reversed: true)
    #expect(single.cell == nil)
    #expect(try single.hidden.outputShape() == [nil, 2])
  }

  @Test func `a decoder starts from an encoder's state, and trains it`() throws {
    let source = Model.input("source", shape: [nil, nil, 5])
    let target = Model.input("target", shape: [nil, 3, 2])
    let mask = Model.input("mask", shape: [nil, nil], elementType: .bool)
    let (_, state) = source.recurrentWithState(.lstm(4), mask: mask, name: "encoder")
    let model = target.lstm(4, from: state, name: "decoder").dense(1)
    let (initialize, predict) = try model.build()
    let start = try initialize(seed: 2)
    let inputs: Parameters = [
      "source": values, "target": randomInput([2, 3, 2]),
      "mask": Tensor([[true, true, false, false], [true, true, true, true]]),
    ]
    func run(_ p: Parameters) -> Tensor {
      func network(_ x: Tensor, _ name: String, _ start: LSTMState?, mask: Tensor?) -> (
        states: Tensor, last: LSTMState
      ) {
        lstm(
          x, from: start, kernel: p["\(name)/kernel"],
          recurrentKernel: p["\(name)/recurrent_kernel"], bias: p["\(name)/bias"], mask: mask)
      }
      let encoded = network(inputs["source"], "encoder", nil, mask: inputs["mask"]).last
      let decoded = network(inputs["target"], "decoder", encoded, mask: nil).states
      return dense(decoded, p["dense_0/kernel"], p["dense_0/bias"])
    }
    expectClose(try predict(start, inputs), run(start.parameters))
    let resolved = try ResolvedModel(model)
    let expected = gradient(at: start.parameters) { run($0).sum() }
    let gradients = try gradient(at: start.parameters) {
      try resolved.forward(
        parameters: $0, state: [:], inputs: inputs, isTraining: false, key: nil
      ).output.sum()
    }
    for (path, value) in gradients { expectClose(value, expected[path], path) }
    #expect(abs(gradients["encoder/kernel"]).sum().scalar(as: Float.self) > 0)
  }

  @Test func `states come from any model; a cell that is not given is zeros`() throws {
    let h = Model.input("h", shape: [nil, 7]).dense(3, name: "hidden")
    let model = x.lstm(3, from: RecurrentState(hidden: h))
    let (initialize, predict) = try model.build()
    let state = try initialize(seed: 4)
    let p = state.parameters
    let given = randomInput([2, 7])
    let hidden = dense(given, p["hidden/kernel"], p["hidden/bias"])
    let expected = lstm(
      values, from: LSTMState(hidden: hidden, cell: Tensor.zeros([2, 3])),
      kernel: p["lstm_0/kernel"], recurrentKernel: p["lstm_0/recurrent_kernel"],
      bias: p["lstm_0/bias"])
    expectClose(try predict(state, ["x": values, "h": given]), expected.states)
  }

  @Test func `starts of zeros are not learned, others are the same for each row`() throws {
    let plain = try x.lstm(3).build().initialize(seed: 1).parameters
    #expect(!plain.paths.contains { $0.contains("initial") })
    let row = values[0 ..< 1]
    let rows = Tensor(concatenating: [row, row])
    for cell in [RecurrentCell.simpleRNN(3), .lstm(3), .gru(3)] {
      let zeros = x.recurrentWithState(cell, startInitializer: .zeros).sequence
      expectClose(
        try zeros.output(for: values), try x.recurrentWithState(cell).sequence.output(for: values))
      let output = try x.recurrentWithState(cell, startInitializer: .normal).sequence
        .output(for: rows)
      #expect(output[0] == output[1])
    }
    let learned = x.lstm(3, returnsSequence: false, startInitializer: .normal)
    let (initialize, predict) = try learned.build()
    let state = try initialize(seed: 1)
    #expect(
      state.parameters.paths == [
        "lstm_0/kernel", "lstm_0/recurrent_kernel", "lstm_0/bias", "lstm_0/initial_hidden",
        "lstm_0/initial_cell",
      ])
    let p = state.parameters.scope("lstm_0")
    let expected = lstm(
      values,
      from: LSTMState(
        hidden: p["initial_hidden"].broadcast(to: [2, 3]),
        cell: p["initial_cell"].broadcast(to: [2, 3])),
      kernel: p["kernel"], recurrentKernel: p["recurrent_kernel"], bias: p["bias"])
    expectClose(try predict(state, values), expected.last.hidden)
  }

  @Test func `refuses states that do not fit`() {
    let (_, state) = x.recurrentWithState(.lstm(4))
    expectProblem(x.lstm(3, from: state), rule: "a state [nil, 3]", got: "f32[nil, 4]")
    expectProblem(
      x.gru(4, from: state), rule: "without a cell", got: "hidden and cell",
      hint: "RecurrentState(hidden: state.hidden)")
    let tokens = Model.input(shape: [nil, 3], elementType: .int32)
    expectProblem(
      x.gru(3, from: RecurrentState(hidden: tokens)), rule: "floating-point", got: "i32[nil, 3]")
  }
}
