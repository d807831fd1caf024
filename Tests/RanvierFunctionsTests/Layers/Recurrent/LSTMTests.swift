import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct LSTMTests {
  let key = RandomKey(seed: 8)

  /// An input, kernel, recurrent kernel, bias and state in `f64`.
  func operands(steps: Int = 4) -> [Tensor] {
    [[2, steps, 3], [3, 8], [2, 8], [8], [2, 2], [2, 2]].enumerated().map { number, sizes in
      key.derived(UInt32(number)).normal(Shape(sizes), elementType: .float64)
    }
  }

  @Test func `the cell equals its formula, gate by gate`() {
    let x = operands()
    let input = x[0][.all, 0]
    let sum = matmul(input, x[1]) + matmul(x[4], x[2]) + x[3]
    let (i, f, g, o) = (
      sigmoid(sum[.all, 0 ..< 2]), sigmoid(sum[.all, 2 ..< 4]), tanh(sum[.all, 4 ..< 6]),
      sigmoid(sum[.all, 6 ..< 8])
    )
    let cell = f * x[5] + i * g
    let state = lstmCell(
      input, LSTMState(hidden: x[4], cell: x[5]), kernel: x[1], recurrentKernel: x[2], bias: x[3])
    expectClose(state.cell, cell, relative: 1e-12)
    expectClose(state.hidden, o * tanh(cell), relative: 1e-12)
  }

  @Test func `a sequence equals its steps, and may be empty`() {
    let x = operands()
    let start = LSTMState(hidden: x[4], cell: x[5])
    var state = start
    let (states, last) = lstm(
      x[0], from: start, kernel: x[1], recurrentKernel: x[2], bias: x[3])
    for step in 0 ..< 4 {
      state = lstmCell(
        x[0][.all, step], state, kernel: x[1], recurrentKernel: x[2], bias: x[3])
      expectClose(states[.all, step], state.hidden, relative: 1e-12)
    }
    expectClose(last.cell, state.cell, relative: 1e-12)
    let none = lstm(x[0][.all, 0 ..< 0], from: start, kernel: x[1], recurrentKernel: x[2])
    #expect(none.states.shape == [2, 0, 2] && none.last.hidden == start.hidden)
  }

  @Test(.tags(.gradient)) func `has the derivatives of finite differences`() {
    expectGradientsMatch(at: operands(steps: 3), order: 2, "states and last cell") { x in
      let (states, last) = lstm(
        x[0], from: LSTMState(hidden: x[4], cell: x[5]), kernel: x[1], recurrentKernel: x[2],
        bias: x[3])
      return states + last.cell.expandedDimension(at: 1)
    }
    expectGradientsMatch(at: Array(operands().prefix(3)), "last cell alone") { x in
      lstm(x[0], kernel: x[1], recurrentKernel: x[2]).last.cell
    }
  }

  @Test func `activations can be others, and the defaults by another name equal the block`() {
    let x = operands()
    let start = LSTMState(hidden: x[4], cell: x[5])
    let expected = lstm(x[0], from: start, kernel: x[1], recurrentKernel: x[2], bias: x[3])
    let composed = lstm(
      x[0], from: start, kernel: x[1], recurrentKernel: x[2], bias: x[3],
      activation: Activation("mine") { tanh($0) })
    expectClose(composed.states, expected.states, relative: 1e-12)
    expectClose(composed.last.cell, expected.last.cell, relative: 1e-12)
    let other = lstmCell(
      x[0][.all, 0], start, kernel: x[1], recurrentKernel: x[2], activation: .relu)
    #expect(other.hidden.scalars(as: Double.self).allSatisfy { $0 >= 0 })
  }

  @Test func `an activation that changes shapes is named by the function`() {
    let x = operands()
    let first = Activation("first") { $0[.all, ..<1] }
    expectError(
      lstm(x[0], kernel: x[1], recurrentKernel: x[2], gateActivation: first).states,
      "lstm needs an activation that keeps the shape, got first, which turns [2, 3] into [2, 1]")
  }

  @Test func `widens shorter inputs to the kernel's type`() {
    let x = operands().map { $0.cast(to: .float32) }
    let short = lstm(x[0].cast(to: .float16), kernel: x[1], recurrentKernel: x[2], bias: x[3])
    #expect(short.states.elementType == .float32 && short.last.cell.elementType == .float32)
    expectClose(
      short.states, lstm(x[0], kernel: x[1], recurrentKernel: x[2], bias: x[3]).states,
      relative: 1e-2, absolute: 1e-2)
  }

  @Test func `says which shapes do not fit`() {
    let x = operands()
    let rule = """
      lstm needs x [batch, steps, features], a kernel [features, 4 * units] and a recurrent \
      kernel [units, 4 * units], got x
      """
    expectError(
      lstm(x[0][0], kernel: x[1], recurrentKernel: x[2]).states,
      "\(rule) [4, 3], kernel [3, 8], recurrent kernel [2, 8]")
    expectError(
      lstm(x[0], kernel: x[2], recurrentKernel: x[2]).last.cell,
      "\(rule) [2, 4, 3], kernel [2, 8], recurrent kernel [2, 8]")
    expectError(
      lstm(x[0], kernel: x[1], recurrentKernel: x[1]).states,
      "\(rule) [2, 4, 3], kernel [3, 8], recurrent kernel [3, 8]")
    expectError(
      lstm(x[0], kernel: x[1], recurrentKernel: x[2], bias: x[4]).states,
      "lstm needs a bias of shape [8], got [2, 2]")
    let wrong = LSTMState(hidden: x[4], cell: x[3])
    expectError(
      lstm(x[0], from: wrong, kernel: x[1], recurrentKernel: x[2]).states,
      "lstm needs a state of shape [2, 2], got [8]; states are [batch, units]")
    expectError(
      lstmCell(x[0][.all, 0], wrong, kernel: x[1], recurrentKernel: x[2]).hidden,
      "lstmCell needs a state of shape [2, 2], got [8]; states are [batch, units]")
    expectError(
      lstm(x[0].cast(to: .int32), kernel: x[1], recurrentKernel: x[2]).states,
      "lstm needs floating-point numbers, got x i32[2, 4, 3]; convert with cast(to:)")
  }

  @Test func `a cell of bf16 adds up small amounts over many steps`() {
    // The gates let everything through but the input, whose share is small.
    let gates: [Double] = [-6.25, -6.25, 20, 20, 20, 20, 20, 20]
    let result = lstm(
      Tensor.zeros([1, 400, 3], elementType: .bfloat16),
      kernel: Tensor.zeros([3, 8], elementType: .bfloat16),
      recurrentKernel: Tensor.zeros([2, 8], elementType: .bfloat16),
      bias: Tensor(gates).cast(to: .bfloat16))
    #expect(result.states.elementType == .bfloat16)
    #expect(result.last.cell.elementType == .float32)
    expectClose(result.last.cell, Tensor([[0.7708, 0.7708]]), relative: 0.01)
  }
}
