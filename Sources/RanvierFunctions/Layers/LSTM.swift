public import RanvierTensors

/// What an LSTM carries from step to step.
public struct LSTMState: TensorTree {
  /// The output of the last step.
  public var hidden: Tensor
  /// The memory; ``lstm(_:from:kernel:recurrentKernel:bias:)`` keeps it at least in `f32`, because it
  /// adds up over many steps.
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
/// - Note: PyTorch has the same order of gates, transposed kernels, and two biases whose sum is
///   this one.
/// - Source: Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000 (forget gate).
public func lstmCell(
  _ x: Tensor, _ state: LSTMState, kernel: Tensor, recurrentKernel: Tensor, bias: Tensor? = nil
) -> LSTMState {
  do throws(OperationError) {
    try RecurrentOperands.check(
      "lstmCell", x, axes: ["batch", "features"], gates: 4, kernel: kernel,
      recurrentKernel: recurrentKernel, bias: bias, states: state.tensors)
  } catch {
    return state.mapTensors { _ in Tensor(invalid: error) }
  }
  let next = lstmStep(dense(x, kernel, bias), state, recurrentKernel)
  let type = ElementType.promoted(next.hidden.elementType, state.cell.elementType)
  return next.mapTensors { $0.cast(to: type) }
}

/// A long short-term memory over sequences.
///
/// Each step is an ``lstmCell(_:_:kernel:recurrentKernel:bias:)``; the inputs of all steps are
/// multiplied by the kernel at once, before the first.
///
/// - Shapes: x `[batch, steps, features]`, start's hidden and cell `[batch, units]`, kernel
///   `[features, 4 * units]`, recurrentKernel `[units, 4 * units]`, bias `[4 * units]`; states
///   `[batch, steps, units]`, last as start.
/// - Parameters:
///   - x: The sequences.
///   - start: The state before the first step, zeros by default.
///   - kernel: Multiplies the inputs.
///   - recurrentKernel: Multiplies the hidden state.
///   - bias: Added to both products.
/// - Returns: The hidden states after each step, and the state after the last.
public func lstm(
  _ x: Tensor, from start: LSTMState? = nil, kernel: Tensor, recurrentKernel: Tensor,
  bias: Tensor? = nil
) -> (states: Tensor, last: LSTMState) {
  do throws(OperationError) {
    try RecurrentOperands.check(
      "lstm", x, axes: ["batch", "steps", "features"], gates: 4, kernel: kernel,
      recurrentKernel: recurrentKernel, bias: bias, states: start?.tensors ?? [])
  } catch {
    let invalid = Tensor(invalid: error)
    return (invalid, LSTMState(hidden: invalid, cell: invalid))
  }
  // The inputs are moved, not their wider products.
  let projected = dense(x.swappedAxes(0, 1), kernel, bias)
  let type = ElementType.promoted(projected.elementType, recurrentKernel.elementType)
  let shape: Shape = [x.shape[0], recurrentKernel.shape[0]]
  let first = LSTMState(
    hidden: start?.hidden.cast(to: type) ?? Tensor.zeros(shape, elementType: type),
    cell: widened((start?.cell ?? Tensor.zeros(shape, elementType: type)).cast(to: type)))
  let (last, states) = scan(over: projected, from: first) { state, step in
    var next = lstmStep(step, state, recurrentKernel)
    next.hidden = next.hidden.cast(to: type)
    return (next, next.hidden)
  }
  return (states.swappedAxes(0, 1), last)
}

private func lstmStep(
  _ projected: Tensor, _ state: LSTMState, _ recurrentKernel: Tensor
) -> LSTMState {
  let sums = projected + matmul(state.hidden, recurrentKernel)
  let cell = widened(state.cell)
  let isDouble = [sums, cell].contains { $0.elementType == .float64 }
  let results = applyAll(
    LSTMCell(), isDouble ? [sums.cast(to: .float64), cell.cast(to: .float64)] : [sums, cell])
  return LSTMState(hidden: results[0], cell: results[1])
}
