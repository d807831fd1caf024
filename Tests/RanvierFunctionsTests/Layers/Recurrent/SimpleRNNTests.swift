import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct SimpleRNNTests {
  let key = RandomKey(seed: 8)

  /// An input, kernel, recurrent kernel, bias and state in `f64`.
  var operands: [Tensor] {
    [[2, 4, 3], [3, 2], [2, 2], [2], [2, 2]].enumerated().map { number, sizes in
      key.derived(UInt32(number)).normal(Shape(sizes), elementType: .float64)
    }
  }

  @Test func `a sequence equals its steps, and these their formula`() {
    let x = operands
    for activation in [Activation.tanh, .relu] {
      var state = x[4]
      let (states, last) = simpleRNN(
        x[0], from: state, kernel: x[1], recurrentKernel: x[2], bias: x[3],
        activation: activation)
      for step in 0 ..< 4 {
        let sum = matmul(x[0][.all, step], x[1]) + matmul(state, x[2]) + x[3]
        state = simpleRNNCell(
          x[0][.all, step], state, kernel: x[1], recurrentKernel: x[2], bias: x[3],
          activation: activation)
        expectClose(state, activation == .tanh ? tanh(sum) : maximum(sum, 0), relative: 1e-12)
        expectClose(states[.all, step], state, relative: 1e-12)
      }
      expectClose(last, state, relative: 1e-12)
    }
  }

  @Test func `widens shorter inputs to the kernel's type`() {
    let x = operands.map { $0.cast(to: .float32) }
    let short = simpleRNN(x[0].cast(to: .bfloat16), kernel: x[1], recurrentKernel: x[2])
    #expect(short.states.elementType == .float32 && short.last.elementType == .float32)
    let narrow = x.map { $0.cast(to: .bfloat16) }
    let all = simpleRNN(narrow[0], kernel: narrow[1], recurrentKernel: narrow[2])
    #expect(all.states.elementType == .bfloat16)
    expectClose(all.states, short.states, relative: 0.05, absolute: 0.05)
  }

  @Test func `says which operands do not fit`() {
    let x = operands
    expectError(
      simpleRNN(x[0], kernel: x[2], recurrentKernel: x[2]).states,
      """
      simpleRNN needs x [batch, steps, features], a kernel [features, units] and a recurrent kernel \
      [units, units], got x [2, 4, 3], kernel [2, 2], recurrent kernel [2, 2]
      """)
    expectError(
      simpleRNN(x[0], from: x[3], kernel: x[1], recurrentKernel: x[2]).last,
      "simpleRNN needs a state of shape [2, 2], got [2]; states are [batch, units]")
    expectError(
      simpleRNNCell(x[0][.all, 0], x[4], kernel: x[1], recurrentKernel: x[2], bias: x[1]),
      "simpleRNNCell needs a bias of shape [2], got [3, 2]")
    expectError(
      simpleRNN(x[0], kernel: x[1], recurrentKernel: x[2], mask: x[4]).states,
      "simpleRNN needs a mask of truth values [batch, steps], so bool[2, 4], got f64[2, 2]; compare, as in notEqual(tokens, 0)"
    )
  }
}
