import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct GRUTests {
  let key = RandomKey(seed: 8)

  @Test func `has known values`() {
    // Worked out with another library for one row and two units.
    let gates = [[0.1, 0.2, 0.5, 0.6, 0.9, 1.0], [0.3, 0.4, 0.7, 0.8, 1.1, 1.2]]
    let next = gruCell(
      Tensor([[1.0, 2]]), Tensor([[0.5, -0.5]]), kernel: Tensor(gates),
      recurrentKernel: Tensor(gates), bias: Tensor([0.01, 0.02, 0.03, 0.04, 0.05, 0.06]),
      recurrentBias: Tensor([0.07, 0.08]))
    expectClose(next, Tensor([[0.56859231, -0.34230974]]), relative: 0, absolute: 1e-7)
  }

  /// An input, kernel, recurrent kernel, bias, recurrent bias and state in `f64`.
  func operands(steps: Int = 4) -> [Tensor] {
    [[2, steps, 3], [3, 6], [2, 6], [6], [2], [2, 2]].enumerated().map { number, sizes in
      key.derived(UInt32(number)).normal(Shape(sizes), elementType: .float64)
    }
  }

  @Test func `a sequence equals its steps`() {
    let x = operands()
    var state = x[5]
    let (states, last) = gru(
      x[0], from: state, kernel: x[1], recurrentKernel: x[2], bias: x[3], recurrentBias: x[4])
    for step in 0 ..< 4 {
      state = gruCell(
        x[0][.all, step], state, kernel: x[1], recurrentKernel: x[2], bias: x[3],
        recurrentBias: x[4])
      expectClose(states[.all, step], state, relative: 1e-12)
    }
    expectClose(last, state, relative: 1e-12)
  }

  @Test func `a reset state equals its formula`() {
    let x = operands()
    let input = matmul(x[0][.all, 0], x[1]) + x[3]
    func part(_ t: Tensor, _ number: Int) -> Tensor { t[.all, 2 * number ..< 2 * number + 2] }
    let h = x[5]
    let reset = sigmoid(part(input, 0) + matmul(h, part(x[2], 0)))
    let update = sigmoid(part(input, 1) + matmul(h, part(x[2], 1)))
    let candidate = tanh(part(input, 2) + matmul(reset * h, part(x[2], 2)))
    expectClose(
      gruCell(
        x[0][.all, 0], h, kernel: x[1], recurrentKernel: x[2], bias: x[3], resetsState: true),
      (1 - update) * candidate + update * h, relative: 1e-12)
  }

  @Test(.tags(.gradient)) func `has the derivatives of finite differences`() {
    expectGradientsMatch(at: operands(steps: 3), order: 2, "states") { x in
      gru(
        x[0], from: x[5], kernel: x[1], recurrentKernel: x[2], bias: x[3], recurrentBias: x[4]
      ).states
    }
    expectGradientsMatch(at: Array(operands().prefix(3)), "last") { x in
      gru(x[0], kernel: x[1], recurrentKernel: x[2]).last
    }
  }

  @Test func `says which shapes do not fit`() {
    let x = operands()
    expectError(
      gru(x[0], kernel: x[2], recurrentKernel: x[2]).states,
      """
      gru needs x [batch, steps, features], a kernel [features, 3 * units] and a recurrent kernel \
      [units, 3 * units], got x [2, 4, 3], kernel [2, 6], recurrent kernel [2, 6]
      """)
    expectError(
      gru(x[0], kernel: x[1], recurrentKernel: x[2], recurrentBias: x[3]).last,
      "gru needs a recurrent bias of shape [2], got [6]")
    expectError(
      gruCell(x[0][.all, 0], x[5][0], kernel: x[1], recurrentKernel: x[2]),
      "gruCell needs a state of shape [2, 2], got [2]; states are [batch, units]")
  }

  @Test func `a state of bf16 changes by small amounts over many steps`() {
    // Each step goes 1/256 of the way to 1.
    let gates: [Double] = [0, 0, 5.54, 5.54, 20, 20]
    let result = gru(
      Tensor.zeros([1, 400, 3], elementType: .bfloat16),
      kernel: Tensor.zeros([3, 6], elementType: .bfloat16),
      recurrentKernel: Tensor.zeros([2, 6], elementType: .bfloat16),
      bias: Tensor(gates).cast(to: .bfloat16))
    #expect(result.states.elementType == .bfloat16 && result.last.elementType == .bfloat16)
    expectClose(result.last, Tensor([[0.79, 0.79]]), relative: 0.01)
  }
}
