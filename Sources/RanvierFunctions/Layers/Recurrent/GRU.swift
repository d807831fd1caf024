public import RanvierTensors

/// One step of a gated recurrent unit.
///
///     [r, z, n] = x · kernel + bias,   [a, b, c] = h · recurrentKernel
///     n' = tanh(n + sigmoid(r + a) * (c + recurrentBias))
///     h' = (1 - sigmoid(z + b)) * n' + sigmoid(z + b) * h
///
/// The last axes of kernels and bias hold the reset gate's units, then the update gate's and the
/// candidate's.
///
/// - Shapes: x `[batch, features]`, state `[batch, units]`, kernel `[features, 3 * units]`,
///   recurrentKernel `[units, 3 * units]`, bias `[3 * units]`, recurrentBias `[units]`; result as
///   the state.
/// - Parameters:
///   - x: The input of the step.
///   - state: The state before the step.
///   - kernel: Multiplies the input.
///   - recurrentKernel: Multiplies the state.
///   - bias: Added to the products with the input.
///   - recurrentBias: Added to the candidate's product with the state, before the reset gate.
///   - activation: What stands for tanh.
///   - gateActivation: What stands for sigmoid.
///   - resetsState: Whether the reset gate multiplies the state before the candidate's product, as
///     in the paper, rather than the product: `c = (sigmoid(r + a) * h) · recurrentKernel`. It takes
///     a second product in each step.
/// - Note: PyTorch has the same order of gates and transposed kernels. Of its two biases, the
///   gates' parts add up to `bias`; the candidate's part of the second is `recurrentBias`. Keras has
///   the update gate first; its `reset_after: false` is `resetsState: true`.
/// - Source: Cho et al. 2014, arXiv:1406.1078, with the reset gate behind the product, so that one
///   product serves all gates.
public func gruCell(
  _ x: Tensor, _ state: Tensor, kernel: Tensor, recurrentKernel: Tensor, bias: Tensor? = nil,
  recurrentBias: Tensor? = nil, activation: Activation = .tanh,
  gateActivation: Activation = .sigmoid, resetsState: Bool = false
) -> Tensor {
  do throws(OperationError) {
    let operands = RecurrentOperands(
      operation: "gruCell", x: x, kernel: kernel, recurrentKernel: recurrentKernel, bias: bias,
      states: [state], activations: [activation, gateActivation])
    try operands.check(axes: ["batch", "features"], gates: 3)
    try operands.checkBias(recurrentBias, recurrentKernel.shape[0], named: "recurrent bias")
  } catch {
    return Tensor(invalid: error)
  }
  let step = GRUStep(
    recurrentKernel, recurrentBias, activation, gateActivation, resetsState: resetsState)
  return step(dense(x, kernel, bias), state, multiplied: state)
}

/// A gated recurrent unit over sequences.
///
/// Each step is a ``gruCell(_:_:kernel:recurrentKernel:bias:recurrentBias:activation:gateActivation:resetsState:)``;
/// the inputs of all steps are multiplied by the kernel at once, before the first.
///
/// - Shapes: x `[batch, steps, features]`, start `[batch, units]`, kernel `[features, 3 * units]`,
///   recurrentKernel `[units, 3 * units]`, bias `[3 * units]`, recurrentBias `[units]`, mask
///   `[batch, steps]`; states `[batch, steps, units]`, last as start.
/// - Parameters:
///   - x: The sequences.
///   - start: The state before the first step, zeros by default.
///   - kernel: Multiplies the inputs.
///   - recurrentKernel: Multiplies the state.
///   - bias: Added to the products with the inputs.
///   - recurrentBias: Added to the candidate's product with the state, before the reset gate.
///   - mask: True where there is a step; over others the state is carried, as
///     ``recurrent(over:from:mask:reversed:unrolled:cell:)`` does.
///   - activation: What stands for tanh.
///   - gateActivation: What stands for sigmoid.
///   - resetsState: Whether the reset gate multiplies the state rather than the candidate's product
///     with it.
///   - isReversed: Whether the steps are taken from the last to the first.
///   - isUnrolled: Whether compiled code gets every step as it is, rather than a loop.
/// - Returns: The states after each step, and the state after the last.
/// - Source: Cho et al. 2014, arXiv:1406.1078.
public func gru(
  _ x: Tensor, from start: Tensor? = nil, kernel: Tensor, recurrentKernel: Tensor,
  bias: Tensor? = nil, recurrentBias: Tensor? = nil, mask: Tensor? = nil,
  activation: Activation = .tanh, gateActivation: Activation = .sigmoid,
  resetsState: Bool = false, reversed isReversed: Bool = false, unrolled isUnrolled: Bool = false
) -> (states: Tensor, last: Tensor) {
  do throws(OperationError) {
    let operands = RecurrentOperands(
      operation: "gru", x: x, kernel: kernel, recurrentKernel: recurrentKernel, bias: bias,
      states: start.map { [$0] } ?? [], activations: [activation, gateActivation],
      mask: mask)
    try operands.check(axes: ["batch", "steps", "features"], gates: 3)
    try operands.checkBias(recurrentBias, recurrentKernel.shape[0], named: "recurrent bias")
  } catch {
    return (Tensor(invalid: error), Tensor(invalid: error))
  }
  let steps = RecurrentSteps(
    operation: "gru", mask: mask, isReversed: isReversed, isUnrolled: isUnrolled)
  // The inputs are moved, not their wider products.
  let projected = dense(steps.leading(x), kernel, bias)
  let type = ElementType.promoted(projected.elementType, recurrentKernel.elementType)
  let shape: Shape = [x.shape[0], recurrentKernel.shape[0]]
  let first = start?.cast(to: type) ?? Tensor.zeros(shape, elementType: type)
  let step = GRUStep(
    recurrentKernel, recurrentBias, activation, gateActivation, resetsState: resetsState)
  // Numbers of 16 bits would lose what many steps add to the state a little at a time.
  let (states, last) = steps.run(
    over: projected, from: widened(first), output: { $0.cast(to: type) }
  ) { state, projected in
    step(projected, state, multiplied: state.cast(to: type))
  }
  return (states.swappedAxes(0, 1), last.cast(to: type))
}

/// What a step does with the input's product with the kernel.
private struct GRUStep {
  private let kernel: Tensor
  private let bias: Tensor?
  private let activation: Activation
  private let gateActivation: Activation
  /// The gates' part of the kernel and the candidate's, where they are multiplied separately.
  private let parts: (gates: Tensor, candidate: Tensor)?

  init(
    _ kernel: Tensor, _ bias: Tensor?, _ activation: Activation, _ gateActivation: Activation,
    resetsState: Bool
  ) {
    self.kernel = kernel
    self.bias = bias
    self.activation = activation
    self.gateActivation = gateActivation
    let gates = 2 * kernel.shape[0]
    parts = resetsState ? (kernel[.all, ..<gates], kernel[.all, gates...]) : nil
  }

  /// - Parameter multiplied: The state in the type in which it is multiplied.
  func callAsFunction(_ projected: Tensor, _ state: Tensor, multiplied: Tensor) -> Tensor {
    let x = equalParts(projected, 3, alongAxis: -1)
    func biased(_ product: Tensor) -> Tensor { bias.map { product + $0 } ?? product }
    let (update, sum): (Tensor, Tensor)
    if let parts {
      let h = equalParts(matmul(multiplied, parts.gates), 2, alongAxis: -1)
      let reset = gateActivation(x[0] + h[0]).cast(to: multiplied.elementType)
      update = gateActivation(x[1] + h[1])
      sum = x[2] + biased(matmul(reset * multiplied, parts.candidate))
    } else {
      let h = equalParts(matmul(multiplied, kernel), 3, alongAxis: -1)
      update = gateActivation(x[1] + h[1])
      sum = x[2] + gateActivation(x[0] + h[0]) * biased(h[2])
    }
    let candidate = activation(sum)
    return candidate + update * (state - candidate)
  }
}
