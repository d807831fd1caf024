import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

@Suite struct BidirectionalLayerTests {
  let x = Model.input("x", shape: [nil, nil, 5])
  let values = randomInput([2, 4, 5])

  func network(_ p: Parameters, _ prefix: String, reversed: Bool, mask: Tensor? = nil) -> (
    states: Tensor, last: Tensor
  ) {
    gru(
      values, kernel: p[prefix + "kernel"], recurrentKernel: p[prefix + "recurrent_kernel"],
      bias: p[prefix + "bias"], recurrentBias: p[prefix + "recurrent_bias"], mask: mask,
      reversed: reversed)
  }

  @Test(arguments: BidirectionalMerge.allCases)
  func `merges two networks of weights of their own`(_ merge: BidirectionalMerge) throws {
    for sharesWeights in [false, true] {
      let sequence = x.bidirectional(
        .gru(3, biasInitializer: .normal), merge: merge, sharesWeights: sharesWeights)
      let last = x.bidirectional(
        .gru(3, biasInitializer: .normal), merge: merge, returnsSequence: false,
        sharesWeights: sharesWeights)
      let state = try sequence.build().initialize(seed: 1)
      let p = state.parameters.scope("gru_0")
      let forward = network(p, sharesWeights ? "" : "forward_", reversed: false)
      let backward = network(p, sharesWeights ? "" : "backward_", reversed: true)
      let expected = merge(forward.states, backward.states)
      expectClose(try sequence.build().predict(state, values), expected)
      #expect(try sequence.outputShape().matches(expected.shape))
      let end = merge(forward.last, backward.last)
      expectClose(try last.build().predict(state, values), end)
      #expect(try last.outputShape().matches(end.shape))
      #expect(try last.outputShape()[-1] == (merge == .concatenate ? 6 : 3))
      // The backward network's state at a step depends on that step and those after it.
      expectClose(backward.states[.all, 0], backward.last)
      #expect(
        try sequence.summary().parameterCount == (sharesWeights ? 1 : 2) * ((5 + 3 + 1) * 9 + 3))
    }
  }

  @Test func `declares the parameters of both directions`() throws {
    #expect(
      try x.bidirectional(.lstm(2)).parameterPaths() == [
        "lstm_0/forward_kernel", "lstm_0/forward_recurrent_kernel", "lstm_0/forward_bias",
        "lstm_0/backward_kernel", "lstm_0/backward_recurrent_kernel", "lstm_0/backward_bias",
      ])
    let state = try x.bidirectional(.lstm(2)).build().initialize(seed: 1)
    #expect(
      state.parameters["lstm_0/forward_kernel"] != state.parameters["lstm_0/backward_kernel"])
    let learned = x.bidirectional(.simpleRNN(2), sharesWeights: true, startInitializer: .normal)
    #expect(
      try learned.parameterPaths() == [
        "simple_rnn_0/kernel", "simple_rnn_0/recurrent_kernel", "simple_rnn_0/bias",
        "simple_rnn_0/initial_hidden",
      ])
    #expect(
      try learned.summary().rows[1].options == [
        "units: 2", "direction: both", "merge: concatenate", "shares weights: true",
        "start: learnt, normal",
      ])
  }

  @Test func `gives and takes the states of both directions`() throws {
    let mask = Model.input("mask", shape: [nil, nil], elementType: .bool)
    let (sequence, state) = x.bidirectionalWithState(.gru(3), merge: .average, mask: mask)
    let isStep = Tensor([[true, true, true, false], [true, true, true, true]])
    let start = try sequence.build().initialize(seed: 5)
    let p = start.parameters.scope("gru_0")
    let forward = network(p, "forward_", reversed: false, mask: isStep)
    let backward = network(p, "backward_", reversed: true, mask: isStep)
    let inputs: Parameters = ["x": values, "mask": isStep]
    expectClose(
      try sequence.build().predict(start, inputs), (forward.states + backward.states) * 0.5)
    expectClose(try state.forward.hidden.build().predict(start, inputs), forward.last)
    expectClose(try state.backward.hidden.build().predict(start, inputs), backward.last)
    let model = sequence.bidirectional(.gru(3), from: state, name: "second")
    let (initialize, predict) = try model.build()
    let both = try initialize(seed: 5)
    #expect(try predict(both, inputs).shape == [2, 4, 6])
    let swapped = sequence.bidirectional(
      .gru(3), from: BidirectionalState(forward: state.backward, backward: state.forward),
      name: "second")
    #expect(try swapped.build().predict(both, inputs) != predict(both, inputs))
    let (_, memories) = x.bidirectionalWithState(.lstm(2))
    let cell = try #require(memories.backward.cell)
    let memory = try cell.build().initialize(seed: 1)
    let q = memory.parameters.scope("lstm_0")
    expectClose(
      try cell.build().predict(memory, values),
      lstm(
        values, kernel: q["backward_kernel"], recurrentKernel: q["backward_recurrent_kernel"],
        bias: q["backward_bias"], reversed: true
      ).last.cell)
  }

  @Test(.tags(.golden), arguments: ["rnn", "lstm", "gru"])
  func `two layers in both directions equal PyTorch`(_ kind: String) throws {
    let golden = try Golden("recurrent").tensors("\(kind)_stacked")
      .mapValues { $0.cast(to: .float32) }
    let cells: [String: RecurrentCell] = [
      "rnn": .simpleRNN(2), "lstm": .lstm(2), "gru": .gru(2),
    ]
    let cell = try #require(cells[kind])
    let input = Model.input(shape: [nil, nil, 2])
    let model = input.bidirectional(cell, name: "layer0").bidirectional(cell, name: "layer1")
    let (initialize, predict) = try model.build()
    var state = try initialize(seed: 1)
    for path in state.parameters.paths {
      state.parameters[path] = golden[path.replacing("/", with: "_")]
    }
    expectClose(try predict(state, golden["input"]), golden["output"][.all, ..<4])
  }
}
