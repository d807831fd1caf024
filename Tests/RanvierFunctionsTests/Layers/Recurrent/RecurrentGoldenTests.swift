import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// The options of a golden case of the family `recurrent`.
struct GoldenRecurrence: Decodable {
  var kind: String
  var layers: Int?
  var bidirectional: Bool?
  var reversed: Bool?
  var activation: String?
  var gate: String?
  var resets_state: Bool?
  var forget_bias: Double?
  var strides: [Int]?
  var dilation: [Int]?
  var padding: String?

  /// The states after each step, zeros where there is none, and behind them the last state.
  func callAsFunction(_ v: Parameters, unrolled: Bool = false) -> Tensor {
    var x = v["input"]
    var ends: [Tensor] = []
    for layer in 0 ..< (layers ?? 1) {
      let directions =
        bidirectional ?? false
        ? ["forward", "backward"] : [reversed ?? false ? "backward" : "forward"]
      let results = directions.map { direction in
        let prefix =
          layers == nil && bidirectional == nil ? "" : "layer\(layer)_\(direction)_"
        return network(
          v, x, prefix, isReversed: direction == "backward", isUnrolled: unrolled)
      }
      guard results.count == 2 else {
        (x, ends) = results[0]
        continue
      }
      x = BidirectionalMerge.concatenate(results[0].states, results[1].states)
      ends = zip(results[0].last, results[1].last).map { BidirectionalMerge.concatenate($0, $1) }
    }
    return Tensor(concatenating: [x] + ends.map { $0.expandedDimension(at: 1) }, alongAxis: 1)
  }

  private func network(
    _ v: Parameters, _ x: Tensor, _ prefix: String, isReversed: Bool, isUnrolled: Bool
  ) -> (states: Tensor, last: [Tensor]) {
    func optional(_ name: String) -> Tensor? {
      v.contains(prefix + name) ? v[prefix + name] : nil
    }
    let (kernel, recurrentKernel) = (v[prefix + "kernel"], v[prefix + "recurrent_kernel"])
    let (bias, hidden) = (optional("bias"), optional("hidden"))
    let mask = v.contains("mask") ? v["mask"] : nil
    func named(_ name: String) -> Activation {
      name == "hard_sigmoid" ? .hardSigmoid : name == "softsign" ? .softsign : .relu
    }
    let activation = activation.map(named) ?? .tanh
    let gateActivation = gate.map(named) ?? .sigmoid
    let start = hidden.map { LSTMState(hidden: $0, cell: optional("cell") ?? $0) }
    let (states, last): (Tensor, [Tensor])
    switch kind {
    case "rnn":
      let result = simpleRNN(
        x, from: hidden, kernel: kernel, recurrentKernel: recurrentKernel, bias: bias, mask: mask,
        activation: activation, reversed: isReversed, unrolled: isUnrolled)
      (states, last) = (result.states, [result.last])
    case "lstm":
      let result = lstm(
        x, from: start, kernel: kernel, recurrentKernel: recurrentKernel, bias: bias, mask: mask,
        activation: activation, gateActivation: gateActivation, reversed: isReversed,
        unrolled: isUnrolled)
      (states, last) = (result.states, result.last.tensors)
    case "gru":
      let result = gru(
        x, from: hidden, kernel: kernel, recurrentKernel: recurrentKernel, bias: bias,
        recurrentBias: optional("recurrent_bias"), mask: mask, activation: activation,
        gateActivation: gateActivation, resetsState: resets_state ?? false, reversed: isReversed,
        unrolled: isUnrolled)
      (states, last) = (result.states, [result.last])
    default:
      let result = convLSTM(
        x, from: start, kernel: kernel, recurrentKernel: recurrentKernel, bias: bias, mask: mask,
        strides: strides ?? [1], padding: padding == "valid" ? .valid : .same,
        dilation: dilation ?? [1], forgetBias: forget_bias ?? 0, reversed: isReversed,
        unrolled: isUnrolled)
      (states, last) = (result.states, result.last.tensors)
    }
    guard let mask else { return (states, last) }
    let shape = Shape(mask.shape.sizes + [Int](repeating: 1, count: states.rank - 2))
    return (states * mask.reshaped(to: shape).cast(to: states.elementType), last)
  }
}

@Suite struct RecurrentGoldenTests {
  @Test(.tags(.golden), arguments: try Golden("recurrent").cases)
  func `networks and all their gradients equal PyTorch's`(name: String) throws {
    let golden = try Golden("recurrent")
    let tensors = golden.tensors(name)
    let network = try golden.options(name, as: GoldenRecurrence.self)
    let inputs = tensors.paths.filter { tensors.contains("\($0)_gradient") }
    #expect(inputs.count >= 3)
    func check(_ tensors: Parameters, relative: Double, absolute: Double, unrolled: Bool) {
      let comment = "\(name), \(tensors["input"].elementType)\(unrolled ? ", unrolled" : "")"
      expectGolden(
        tensors, inputs: inputs, relative: relative, absolute: absolute, comment
      ) { given in
        var values = tensors
        for (input, value) in zip(inputs, given) { values[input] = value }
        return network(values, unrolled: unrolled)
      }
    }
    let single = tensors.mapValues {
      $0.elementType == .float64 ? $0.cast(to: .float32) : $0
    }
    for unrolled in [false, true] {
      check(tensors, relative: 1e-10, absolute: 1e-12, unrolled: unrolled)
      check(single, relative: 1e-5, absolute: 2e-6, unrolled: unrolled)
    }
  }

  @Test func `there are three cases of every kind and more`() throws {
    let golden = try Golden("recurrent")
    let kinds = try golden.cases.map { try golden.options($0, as: GoldenRecurrence.self).kind }
    let counts = Dictionary(grouping: kinds) { $0 }.mapValues(\.count)
    #expect(counts == ["rnn": 10, "lstm": 10, "gru": 13, "conv_lstm": 6])
  }
}
