public import RanvierTensors

/// One step of a simple recurrent network.
///
/// `h' = activation(x · kernel + h · recurrentKernel + bias)`
///
/// - Shapes: x `[batch, features]`, state `[batch, units]`, kernel `[features, units]`,
///   recurrentKernel `[units, units]`, bias `[units]`; result as the state.
/// - Parameters:
///   - x: The input of the step.
///   - state: The state before the step.
///   - kernel: Multiplies the input.
///   - recurrentKernel: Multiplies the state.
///   - bias: Added to both products.
///   - activation: Applied to the sum; PyTorch offers `.tanh` and `.relu`.
/// - Note: PyTorch has transposed kernels, and two biases whose sum is this one.
/// - Source: Elman 1990, "Finding structure in time".
public func simpleRNNCell(
  _ x: Tensor, _ state: Tensor, kernel: Tensor, recurrentKernel: Tensor, bias: Tensor? = nil,
  activation: Activation = .tanh
) -> Tensor {
  do throws(OperationError) {
    try RecurrentOperands(
      operation: "simpleRNNCell", x: x, kernel: kernel, recurrentKernel: recurrentKernel,
      bias: bias, states: [state], activations: [activation]
    ).check(axes: ["batch", "features"], gates: 1)
  } catch {
    return Tensor(invalid: error)
  }
  return activation(dense(x, kernel, bias) + matmul(state, recurrentKernel))
}

/// A simple recurrent network over sequences.
///
/// Each step is a ``simpleRNNCell(_:_:kernel:recurrentKernel:bias:activation:)``; the inputs of all
/// steps are multiplied by the kernel at once, before the first.
///
/// - Shapes: x `[batch, steps, features]`, start `[batch, units]`, kernel `[features, units]`,
///   recurrentKernel `[units, units]`, bias `[units]`, mask `[batch, steps]`; states
///   `[batch, steps, units]`, last as start.
/// - Parameters:
///   - x: The sequences.
///   - start: The state before the first step, zeros by default.
///   - kernel: Multiplies the inputs.
///   - recurrentKernel: Multiplies the state.
///   - bias: Added to both products.
///   - mask: True where there is a step; over others the state is carried, as
///     ``recurrent(over:from:mask:reversed:unrolled:cell:)`` does.
///   - activation: Applied to the sum.
///   - isReversed: Whether the steps are taken from the last to the first.
///   - isUnrolled: Whether compiled code gets every step as it is, rather than a loop.
/// - Returns: The states after each step, and the state after the last.
/// - Source: Elman 1990, "Finding structure in time".
public func simpleRNN(
  _ x: Tensor, from start: Tensor? = nil, kernel: Tensor, recurrentKernel: Tensor,
  bias: Tensor? = nil, mask: Tensor? = nil, activation: Activation = .tanh,
  reversed isReversed: Bool = false, unrolled isUnrolled: Bool = false
) -> (states: Tensor, last: Tensor) {
  do throws(OperationError) {
    try RecurrentOperands(
      operation: "simpleRNN", x: x, kernel: kernel, recurrentKernel: recurrentKernel, bias: bias,
      states: start.map { [$0] } ?? [], activations: [activation],
      mask: mask
    ).check(axes: ["batch", "steps", "features"], gates: 1)
  } catch {
    return (Tensor(invalid: error), Tensor(invalid: error))
  }
  let steps = RecurrentSteps(
    operation: "simpleRNN", mask: mask, isReversed: isReversed, isUnrolled: isUnrolled)
  // The inputs are moved, not their products.
  let projected = dense(steps.leading(x), kernel, bias)
  let type = ElementType.promoted(projected.elementType, recurrentKernel.elementType)
  let shape: Shape = [x.shape[0], recurrentKernel.shape[0]]
  let first = start?.cast(to: type) ?? Tensor.zeros(shape, elementType: type)
  let (states, last) = steps.run(over: projected, from: first, output: { $0 }) { state, step in
    activation(step + matmul(state, recurrentKernel)).cast(to: type)
  }
  return (states.swappedAxes(0, 1), last)
}
