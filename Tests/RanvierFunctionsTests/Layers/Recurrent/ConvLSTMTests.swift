import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct ConvLSTMTests {
  let key = RandomKey(seed: 8)

  /// An input, kernel, recurrent kernel, bias, hidden state and cell in `f64`.
  var operands: [Tensor] {
    let shapes: [Shape] = [
      [2, 3, 5, 4, 1], [3, 2, 1, 8], [1, 3, 2, 8], [8], [2, 5, 4, 2], [2, 5, 4, 2],
    ]
    return shapes.enumerated().map { number, shape in
      key.derived(UInt32(number)).normal(shape, elementType: .float64)
    }
  }

  @Test func `a sequence equals its steps, and these their formula`() {
    let x = operands
    var state = LSTMState(hidden: x[4], cell: x[5])
    let (states, last) = convLSTM(
      x[0], from: state, kernel: x[1], recurrentKernel: x[2], bias: x[3])
    for step in 0 ..< 3 {
      let sums =
        convolution(x[0][.all, step], x[1], x[3], padding: .same)
        + convolution(state.hidden, x[2], padding: .same)
      let parts = sums.split(into: 4, alongAxis: -1)
      let cell = sigmoid(parts[1]) * state.cell + sigmoid(parts[0]) * tanh(parts[2])
      state = convLSTMCell(
        x[0][.all, step], state, kernel: x[1], recurrentKernel: x[2], bias: x[3])
      expectClose(state.cell, cell, relative: 1e-12)
      expectClose(state.hidden, sigmoid(parts[3]) * tanh(cell), relative: 1e-12)
      expectClose(states[.all, step], state.hidden, relative: 1e-12)
    }
    expectClose(last.cell, state.cell, relative: 1e-12)
  }

  @Test func `kernels of one position make an LSTM of each position`() {
    let x = operands
    let (kernel, recurrent) = (x[1][0 ..< 1, 0 ..< 1], x[2][0 ..< 1, 0 ..< 1])
    let result = convLSTM(x[0], kernel: kernel, recurrentKernel: recurrent, bias: x[3])
    for (row, column) in [(0, 0), (4, 3), (2, 1)] {
      let alone = lstm(
        x[0][.all, .all, row, column], kernel: kernel[0, 0], recurrentKernel: recurrent[0, 0],
        bias: x[3])
      expectClose(result.states[.all, .all, row, column], alone.states, relative: 1e-12)
      expectClose(result.last.cell[.all, row, column], alone.last.cell, relative: 1e-12)
    }
  }

  @Test func `a forget bias of 1 is Axon's, and equals a bias whose forget part is greater by 1`() {
    let x = operands
    let shifted = x[3] + Tensor([0.0, 0, 1, 1, 0, 0, 0, 0])
    let expected = convLSTM(x[0], kernel: x[1], recurrentKernel: x[2], bias: shifted)
    let result = convLSTM(x[0], kernel: x[1], recurrentKernel: x[2], bias: x[3], forgetBias: 1)
    expectClose(result.states, expected.states, relative: 1e-12)
    let alone = convLSTM(x[0], kernel: x[1], recurrentKernel: x[2], forgetBias: 1)
    expectClose(
      alone.states,
      convLSTM(x[0], kernel: x[1], recurrentKernel: x[2], bias: shifted - x[3]).states,
      relative: 1e-12)
  }

  @Test func `strides and other activations apply, at empty batches too`() {
    let x = operands
    let strided = convLSTM(
      x[0], kernel: x[1], recurrentKernel: x[2], strides: [2, 3], activation: .relu,
      gateActivation: .hardSigmoid)
    #expect(strided.states.shape == [2, 3, 3, 2, 2])
    #expect(strided.last.cell.shape == [2, 3, 2, 2])
    #expect(strided.states.scalars(as: Double.self).allSatisfy { $0 >= 0 })
    let none = convLSTM(x[0][0 ..< 0], kernel: x[1], recurrentKernel: x[2])
    #expect(none.states.shape == [0, 3, 5, 4, 2])
  }

  @Test func `says which operands do not fit`() {
    let x = operands
    let rule = """
      convLSTM needs x [batch, steps, 1 to 3 spatial axes, channels], a kernel \
      [sizes..., channels, 4 * units] and a recurrent kernel [sizes..., units, 4 * units], got x
      """
    expectError(
      convLSTM(x[0][0], kernel: x[1], recurrentKernel: x[2]).states,
      "\(rule) [3, 5, 4, 1], kernel [3, 2, 1, 8], recurrent kernel [1, 3, 2, 8]")
    expectError(
      convLSTM(x[0], kernel: x[1], recurrentKernel: x[1]).last.cell,
      "\(rule) [2, 3, 5, 4, 1], kernel [3, 2, 1, 8], recurrent kernel [3, 2, 1, 8]")
    let state = LSTMState(hidden: x[4], cell: x[5])
    expectError(
      convLSTM(x[0], from: state, kernel: x[1], recurrentKernel: x[2], strides: [2]).states,
      "convLSTM needs a state of shape [2, 3, 2, 2], got [2, 5, 4, 2]; states are [batch, windows..., units]"
    )
    expectError(
      convLSTMCell(x[0], state, kernel: x[1], recurrentKernel: x[2]).hidden,
      """
      convLSTMCell needs x [batch, 1 to 3 spatial axes, channels], a kernel \
      [sizes..., channels, 4 * units] and a recurrent kernel [sizes..., units, 4 * units], got x \
      [2, 3, 5, 4, 1], kernel [3, 2, 1, 8], recurrent kernel [1, 3, 2, 8]
      """)
    expectError(
      convLSTM(x[0], kernel: x[1], recurrentKernel: x[2], bias: x[4]).states,
      "convLSTM needs a bias of shape [8], got [2, 5, 4, 2]")
    expectError(
      convLSTM(x[0], kernel: x[1], recurrentKernel: x[2], forgetBias: .nan).states,
      "convLSTM needs a forget bias that is finite, got nan")
    #expect(
      convLSTM(x[0], kernel: x[1], recurrentKernel: x[2], strides: [0]).states.error?.operation
        == "convLSTM")
  }
}
