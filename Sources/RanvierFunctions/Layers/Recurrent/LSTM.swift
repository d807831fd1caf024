public import RanvierTensors

/// What an LSTM carries from step to step.
public struct LSTMState: TensorTree {
  /// The output of the last step.
  public var hidden: Tensor
  /// The memory; sequences keep it at least in `f32`, because it adds up over many steps.
  public var cell: Tensor

  /// Creates a state.
  public init(hidden: Tensor, cell: Tensor) {
    self.hidden = hidden
    self.cell = cell
  }

  public func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> LSTMState {
    LSTMState(hidden: try transform(hidden), cell: try transform(cell))
  }
}

/// One step of a long short-term memory.
///
///     [i, f, g, o] = x · kernel + h · recurrentKernel + bias
///     c' = sigmoid(f) * c + sigmoid(i) * tanh(g)
///     h' = sigmoid(o) * tanh(c')
///
/// The last axes of kernels and bias hold the input gate's units, then the forget gate's, the
/// candidate's and the output gate's.
///
/// - Shapes: x `[batch, features]`, hidden and cell `[batch, units]`, kernel `[features, 4 * units]`,
///   recurrentKernel `[units, 4 * units]`, bias `[4 * units]`; result as the state.
/// - Parameters:
///   - x: The input of the step.
///   - state: The state before the step.
///   - kernel: Multiplies the input.
///   - recurrentKernel: Multiplies the hidden state.
///   - bias: Added to both products.
///   - activation: What stands for tanh.
///   - gateActivation: What stands for sigmoid.
/// - Note: PyTorch has the same order of gates, transposed kernels, and two biases whose sum is
///   this one.
/// - Source: Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000 (forget gate).
public func lstmCell(
  _ x: Tensor, _ state: LSTMState, kernel: Tensor, recurrentKernel: Tensor, bias: Tensor? = nil,
  activation: Activation = .tanh, gateActivation: Activation = .sigmoid
) -> LSTMState {
  do throws(OperationError) {
    try RecurrentOperands(
      operation: "lstmCell", x: x, kernel: kernel, recurrentKernel: recurrentKernel, bias: bias,
      states: state.tensors, activations: [activation, gateActivation]
    ).check(axes: ["batch", "features"], gates: 4)
  } catch {
    return LSTMState(hidden: Tensor(invalid: error), cell: Tensor(invalid: error))
  }
  let recurrence = LSTMRecurrence(activation: activation, gateActivation: gateActivation) {
    matmul($0, recurrentKernel)
  }
  let next = recurrence.step(dense(x, kernel, bias), state)
  let type = ElementType.promoted(next.hidden.elementType, state.cell.elementType)
  return next.mapTensors { $0.cast(to: type) }
}

/// A long short-term memory over sequences.
///
/// Each step is an ``lstmCell(_:_:kernel:recurrentKernel:bias:activation:gateActivation:)``; the
/// inputs of all steps are multiplied by the kernel at once, before the first.
///
/// - Shapes: x `[batch, steps, features]`, start's hidden and cell `[batch, units]`, kernel
///   `[features, 4 * units]`, recurrentKernel `[units, 4 * units]`, bias `[4 * units]`, mask
///   `[batch, steps]`; states `[batch, steps, units]`, last as start.
/// - Parameters:
///   - x: The sequences.
///   - start: The state before the first step, zeros by default.
///   - kernel: Multiplies the inputs.
///   - recurrentKernel: Multiplies the hidden state.
///   - bias: Added to both products.
///   - mask: True where there is a step; over others the state is carried, as
///     ``recurrent(over:from:mask:reversed:unrolled:cell:)`` does.
///   - activation: What stands for tanh.
///   - gateActivation: What stands for sigmoid.
///   - isReversed: Whether the steps are taken from the last to the first.
///   - isUnrolled: Whether compiled code gets every step as it is, rather than a loop.
/// - Returns: The hidden states after each step, and the state after the last.
/// - Source: Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000 (forget gate).
public func lstm(
  _ x: Tensor, from start: LSTMState? = nil, kernel: Tensor, recurrentKernel: Tensor,
  bias: Tensor? = nil, mask: Tensor? = nil, activation: Activation = .tanh,
  gateActivation: Activation = .sigmoid, reversed isReversed: Bool = false,
  unrolled isUnrolled: Bool = false
) -> (states: Tensor, last: LSTMState) {
  do throws(OperationError) {
    try RecurrentOperands(
      operation: "lstm", x: x, kernel: kernel, recurrentKernel: recurrentKernel, bias: bias,
      states: start?.tensors ?? [], activations: [activation, gateActivation], mask: mask
    ).check(axes: ["batch", "steps", "features"], gates: 4)
  } catch {
    let invalid = Tensor(invalid: error)
    return (invalid, LSTMState(hidden: invalid, cell: invalid))
  }
  let steps = RecurrentSteps(
    operation: "lstm", mask: mask, isReversed: isReversed, isUnrolled: isUnrolled)
  // The inputs are moved, not their wider products.
  let projected = dense(steps.leading(x), kernel, bias)
  let recurrence = LSTMRecurrence(activation: activation, gateActivation: gateActivation) {
    matmul($0, recurrentKernel)
  }
  return recurrence.sequence(
    over: projected, from: start,
    type: ElementType.promoted(projected.elementType, recurrentKernel.elementType), steps)
}
