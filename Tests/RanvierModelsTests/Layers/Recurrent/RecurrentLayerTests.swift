import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct RecurrentLayerTests {
  let x = Model.input("x", shape: [nil, nil, 5])

  @Test func `an LSTM declares kernels and a bias whose forget gate begins with 1`() throws {
    let signature = try x.lstm(3).outputSignature()
    #expect(signature.output.shape == [nil, nil, 3])
    #expect(signature.parameters.map(\.name) == ["kernel", "recurrent_kernel", "bias"])
    #expect(signature.parameters.map(\.shape) == [[5, 12], [3, 12], [12]])
    let state = try x.lstm(3).build().initialize(seed: 1)
    #expect(
      state.parameters["lstm_0/bias"].scalars(as: Float.self)
        == [0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    let recurrent = state.parameters["lstm_0/recurrent_kernel"]
    expectClose(
      matmul(recurrent, recurrent.transposed()), .identity(3, elementType: .float32),
      absolute: 2e-6)
    let zeros = try x.lstm(3, forgetBias: 0).build().initialize(seed: 1)
    #expect(zeros.parameters["lstm_0/bias"] == .zeros([12]))
  }

  @Test func `a GRU declares kernels and two biases`() throws {
    let signature = try x.gru(3).outputSignature()
    #expect(
      signature.parameters.map(\.name) == ["kernel", "recurrent_kernel", "bias", "recurrent_bias"])
    #expect(signature.parameters.map(\.shape) == [[5, 9], [3, 9], [9], [3]])
    let plain = try x.gru(3, useBias: false).outputSignature()
    #expect(plain.parameters.map(\.name) == ["kernel", "recurrent_kernel"])
  }

  @Test func `gives the sequence or the last state, at any length`() throws {
    for length in [1, 4] {
      let values = randomInput([2, length, 5])
      let (initialize, sequence) = try x.lstm(3).build()
      let state = try initialize(seed: 1)
      let p = state.parameters.scope("lstm_0")
      let expected = lstm(
        values, kernel: p["kernel"], recurrentKernel: p["recurrent_kernel"], bias: p["bias"])
      expectClose(try sequence(state, values), expected.states)
      let last = x.lstm(3, returnsSequence: false)
      #expect(try last.outputShape() == [nil, 3])
      expectClose(try last.build().predict(state, values), expected.last.hidden)
    }
    let values = randomInput([2, 4, 5])
    let (initialize, sequence) = try x.gru(3, biasInitializer: .normal).build()
    let state = try initialize(seed: 1)
    let p = state.parameters.scope("gru_0")
    let expected = gru(
      values, kernel: p["kernel"], recurrentKernel: p["recurrent_kernel"], bias: p["bias"],
      recurrentBias: p["recurrent_bias"])
    expectClose(try sequence(state, values), expected.states)
    let last = try x.gru(3, returnsSequence: false).build().predict
    expectClose(try last(state, values), expected.last)
  }

  @Test func `equal rows give equal outputs`() throws {
    let row = randomInput([1, 4, 5])
    let output = try x.lstm(3).output(for: Tensor(concatenating: [row, row]))
    #expect(output[0] == output[1])
  }

  @Test func `compiled equals eager, with derivatives`() throws {
    let values = randomInput([2, 4, 5])
    let (kernel, recurrent) = (randomInput([5, 12]), randomInput([3, 12], salt: "recurrent"))
    try expectCompiledMatches(at: [values, kernel, recurrent, kernel[0]], "lstm") {
      lstm($0[0], kernel: $0[1], recurrentKernel: $0[2], bias: $0[3]).states
    }
    try expectCompiledMatches(at: [values, kernel, recurrent], "last cell") {
      lstm($0[0], kernel: $0[1], recurrentKernel: $0[2]).last.cell
    }
    let parts = [values, kernel, recurrent].enumerated().map { $0 == 0 ? $1 : $1[.all, 0 ..< 9] }
    try expectCompiledMatches(at: parts + [parts[1][0], parts[2][0, 0 ..< 3]], "gru") {
      gru(
        $0[0], kernel: $0[1], recurrentKernel: $0[2], bias: $0[3], recurrentBias: $0[4]
      ).states
    }
  }

  @Test func `shows its options and counts its parameters`() throws {
    let summary = try x.lstm(3).gru(2, returnsSequence: false, useBias: false).summary()
    #expect(
      summary.rows.map(\.options)
        == [[], ["units: 3"], ["units: 2", "returns: last state", "use bias: false"]])
    #expect(summary.parameterCount == (5 + 3 + 1) * 12 + (3 + 2) * 6)
  }

  @Test func `masks, direction and activations reach the function`() throws {
    let mask = Model.input("mask", shape: [nil, nil], elementType: .bool)
    let values = randomInput([2, 4, 5])
    let isStep = Tensor([[true, true, false, false], [true, true, true, false]])
    let inputs: Parameters = ["x": values, "mask": isStep]
    for isUnrolled in [false, true] {
      let model = x.lstm(
        3, mask: mask, activation: .relu, gateActivation: .hardSigmoid, reversed: true,
        unrolled: isUnrolled)
      let (initialize, predict) = try model.build()
      let state = try initialize(seed: 1)
      let p = state.parameters.scope("lstm_0")
      expectClose(
        try predict(state, inputs),
        lstm(
          values, kernel: p["kernel"], recurrentKernel: p["recurrent_kernel"], bias: p["bias"],
          mask: isStep, activation: .relu, gateActivation: .hardSigmoid, reversed: true
        ).states)
    }
    let unit = x.gru(3, mask: mask, activation: .softsign, resetsState: true, reversed: true)
    let (initialize, predict) = try unit.build()
    let state = try initialize(seed: 1)
    let p = state.parameters.scope("gru_0")
    #expect(p.paths == ["kernel", "recurrent_kernel", "bias"])
    expectClose(
      try predict(state, inputs),
      gru(
        values, kernel: p["kernel"], recurrentKernel: p["recurrent_kernel"], bias: p["bias"],
        mask: isStep, activation: .softsign, resetsState: true, reversed: true
      ).states)
    let simple = x.simpleRNN(3, returnsSequence: false, mask: mask, activation: .relu)
    let rnn = try simple.build().initialize(seed: 1)
    let q = rnn.parameters.scope("simple_rnn_0")
    expectClose(
      try simple.build().predict(rnn, inputs),
      simpleRNN(
        values, kernel: q["kernel"], recurrentKernel: q["recurrent_kernel"], bias: q["bias"],
        mask: isStep, activation: .relu
      ).last)
  }

  @Test func `recurrent kernels of every kind begin orthogonal`() throws {
    for (cell, name) in [
      (RecurrentCell.simpleRNN(3), "simple_rnn_0"), (.lstm(3), "lstm_0"), (.gru(3), "gru_0"),
      (.gru(3, resetsState: true), "gru_0"),
    ] {
      let model = x.recurrentWithState(cell).sequence
      let kernel = try model.build().initialize(seed: 1).parameters["\(name)/recurrent_kernel"]
      expectClose(
        matmul(kernel, kernel.transposed()), .identity(3, elementType: .float32), absolute: 2e-6)
    }
  }

  @Test func `cells compare by their options, and so do models`() {
    #expect(RecurrentCell.lstm(3) == .lstm(3) && RecurrentCell.lstm(3) != .lstm(4))
    #expect(RecurrentCell.gru(3) != .simpleRNN(3))
    #expect(RecurrentCell.gru(3).hashValue == RecurrentCell.gru(3).hashValue)
    #expect(x.lstm(3) == x.lstm(3) && x.lstm(3) != x.lstm(3, reversed: true))
    #expect(x.lstm(3) != x.recurrentWithState(.lstm(3)).sequence)
  }

  @Test func `narrow numbers give results near those of f32`() throws {
    let mask = Model.input("mask", shape: [nil, nil], elementType: .bool)
    let (sequence, state) = x.recurrentWithState(.lstm(3), mask: mask)
    let model = sequence.gru(3, from: RecurrentState(hidden: state.hidden), mask: mask)
    let inputs: Parameters = [
      "x": randomInput([2, 4, 5]), "mask": Tensor.ones([2, 4], elementType: .bool),
    ]
    let (initialize, predict) = try model.build()
    let start = try initialize(seed: 1)
    let narrow = try model.build(precision: .mixedBFloat16).predict(start, inputs)
    #expect(narrow.elementType == .float32)
    expectClose(narrow, try predict(start, inputs), relative: 0.05, absolute: 0.02)
  }

  @Test func `refuses inputs and options that do not fit`() {
    for units in [0, -1] {
      expectProblem(x.lstm(units), rule: "one unit", got: "\(units)")
      expectProblem(x.gru(units), rule: "one unit", got: "\(units)")
    }
    expectProblem(x.lstm(.max), rule: "shape that is possible", got: "units")
    expectProblem(
      Model.input(shape: [nil, 5]).lstm(3), rule: "[batch, steps, features]", got: "[nil, 5]")
    expectProblem(
      Model.input(shape: [nil, 4, nil]).gru(3), rule: "known features", got: "[nil, 4, nil]")
    expectProblem(
      Model.input(shape: [nil, 4, 2], elementType: .int32).gru(3), rule: "floating-point",
      got: "i32[nil, 4, 2]")
    let mask = Model.input(shape: [nil, nil])
    expectProblem(
      x.gru(3, mask: mask), rule: "a mask [batch, steps] of truth values", got: "f32[nil, nil]",
      hint: "elementType: .bool")
    expectProblem(
      Model.input(shape: [nil, 4, 5]).simpleRNN(
        3, mask: Model.input(shape: [nil, 3], elementType: .bool)),
      rule: "a mask [batch, steps]", got: "bool[nil, 3] for [nil, 4, 5]")
    expectProblem(
      x.lstm(3, activation: Activation("first") { $0[.all, ..<1] }),
      rule: "an activation that keeps the shape", got: "first")
  }
}
