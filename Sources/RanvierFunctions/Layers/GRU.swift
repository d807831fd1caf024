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
/// - Note: PyTorch has the same order of gates and transposed kernels. Of its two biases, the
///   gates' parts add up to `bias`; the candidate's part of the second is `recurrentBias`.
/// - Source: Cho et al. 2014, arXiv:1406.1078, with the reset gate behind the product, so that one
///   product serves all gates.
public func gruCell(
  _ x: Tensor, _ state: Tensor, kernel: Tensor, recurrentKernel: Tensor, bias: Tensor? = nil,
  recurrentBias: Tensor? = nil
) -> Tensor {
  do throws(OperationError) {
    try RecurrentOperands.check(
      "gruCell", x, axes: ["batch", "features"], gates: 3, kernel: kernel,
      recurrentKernel: recurrentKernel, bias: bias, states: [state])
    try check(recurrentBias, recurrentKernel, operation: "gruCell")
  } catch {
    return Tensor(invalid: error)
  }
  return gruStep(
    dense(x, kernel, bias), state, multiplied: state, recurrentKernel, recurrentBias)
}

/// A gated recurrent unit over sequences.
///
/// Each step is a ``gruCell(_:_:kernel:recurrentKernel:bias:recurrentBias:)``; the inputs of all
/// steps are multiplied by the kernel at once, before the first.
///
/// - Shapes: x `[batch, steps, features]`, start `[batch, units]`, kernel `[features, 3 * units]`,
///   recurrentKernel `[units, 3 * units]`, bias `[3 * units]`, recurrentBias `[units]`; states
///   `[batch, steps, units]`, last as start.
/// - Parameters:
///   - x: The sequences.
///   - start: The state before the first step, zeros by default.
///   - kernel: Multiplies the inputs.
///   - recurrentKernel: Multiplies the state.
///   - bias: Added to the products with the inputs.
///   - recurrentBias: Added to the candidate's product with the state, before the reset gate.
/// - Returns: The states after each step, and the state after the last.
public func gru(
  _ x: Tensor, from start: Tensor? = nil, kernel: Tensor, recurrentKernel: Tensor,
  bias: Tensor? = nil, recurrentBias: Tensor? = nil
) -> (states: Tensor, last: Tensor) {
  do throws(OperationError) {
    try RecurrentOperands.check(
      "gru", x, axes: ["batch", "steps", "features"], gates: 3, kernel: kernel,
      recurrentKernel: recurrentKernel, bias: bias, states: start.map { [$0] } ?? [])
    try check(recurrentBias, recurrentKernel, operation: "gru")
  } catch {
    return (Tensor(invalid: error), Tensor(invalid: error))
  }
  // The inputs are moved, not their wider products.
  let projected = dense(x.swappedAxes(0, 1), kernel, bias)
  let type = ElementType.promoted(projected.elementType, recurrentKernel.elementType)
  let shape: Shape = [x.shape[0], recurrentKernel.shape[0]]
  let first = start?.cast(to: type) ?? Tensor.zeros(shape, elementType: type)
  // Numbers of 16 bits would lose what many steps add to the state a little at a time.
  let (last, states) = scan(over: projected, from: widened(first)) { state, step in
    let next = gruStep(
      step, state, multiplied: state.cast(to: type), recurrentKernel, recurrentBias)
    return (next, next.cast(to: type))
  }
  return (states.swappedAxes(0, 1), last.cast(to: type))
}

/// - Parameter multiplied: The state in the type in which it is multiplied.
private func gruStep(
  _ projected: Tensor, _ state: Tensor, multiplied: Tensor, _ recurrentKernel: Tensor,
  _ recurrentBias: Tensor?
) -> Tensor {
  let x = equalParts(projected, 3, alongAxis: -1)
  let h = equalParts(matmul(multiplied, recurrentKernel), 3, alongAxis: -1)
  let reset = sigmoid(x[0] + h[0])
  let update = sigmoid(x[1] + h[1])
  let candidate = tanh(x[2] + reset * (recurrentBias.map { h[2] + $0 } ?? h[2]))
  return candidate + update * (state - candidate)
}

private func check(
  _ recurrentBias: Tensor?, _ recurrentKernel: Tensor, operation: String
) throws(OperationError) {
  guard let recurrentBias else { return }
  if let error = recurrentBias.error { throw error }
  let units = recurrentKernel.shape[0]
  guard recurrentBias.shape == [units] else {
    throw OperationError(
      operation: operation, rule: "a recurrent bias of shape [\(units)]",
      got: "\(recurrentBias.shape)")
  }
}
