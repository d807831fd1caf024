public import RanvierTensors

/// One step of a long short-term memory whose products are convolutions.
///
///     [i, f, g, o] = x * kernel + h * recurrentKernel + bias
///     c' = sigmoid(f + forgetBias) ∘ c + sigmoid(i) ∘ tanh(g)
///     h' = sigmoid(o) ∘ tanh(c')
///
/// `*` is a ``convolution(_:_:_:strides:padding:dilation:inputDilation:groups:)``, that of the state
/// with padding `.same` and strides of 1. The last axes of kernels and bias hold the input gate's
/// units, then the forget gate's, the candidate's and the output gate's.
///
/// - Shapes: x `[batch, spatial..., channels]` with 1 to 3 spatial axes, kernel
///   `[size..., channels, 4 * units]`, recurrentKernel `[size..., units, 4 * units]`, bias
///   `[4 * units]`, hidden and cell `[batch, windows..., units]`, where windows are the spatial
///   sizes of the convolution of x, those of x by default; result as the state.
/// - Parameters:
///   - x: The input of the step.
///   - state: The state before the step.
///   - kernel: Slides over the input.
///   - recurrentKernel: Slides over the hidden state.
///   - bias: Added to both products.
///   - strides: Distances between neighbouring windows of the input.
///   - padding: What lies around the input.
///   - dilation: Distances between neighbouring elements of the kernel.
///   - forgetBias: Added to what the forget gate's activation gets.
///   - activation: What stands for tanh.
///   - gateActivation: What stands for sigmoid.
/// - Note: Axon has the gates in the order i, g, f, o, a forget bias of 1, and channels first.
///   Keras has the order of this function, and begins with a bias whose forget part is 1.
/// - Source: Shi et al. 2015, arXiv:1506.04214, without connections from the cell to the gates.
public func convLSTMCell(
  _ x: Tensor, _ state: LSTMState, kernel: Tensor, recurrentKernel: Tensor, bias: Tensor? = nil,
  strides: [Int] = [1], padding: Padding = .same, dilation: [Int] = [1], forgetBias: Double = 0,
  activation: Activation = .tanh, gateActivation: Activation = .sigmoid
) -> LSTMState {
  // A sequence of one step.
  let result = convLSTM(
    "convLSTMCell", x, from: state, kernel, recurrentKernel, bias: bias, strides: strides,
    padding: padding, dilation: dilation, forgetBias: forgetBias, activation: activation,
    gateActivation: gateActivation, steps: nil)
  return result.last
}

/// A long short-term memory over sequences of images, whose products are convolutions.
///
/// Each step is a
/// ``convLSTMCell(_:_:kernel:recurrentKernel:bias:strides:padding:dilation:forgetBias:activation:gateActivation:)``;
/// the inputs of all steps are convolved at once, before the first.
///
/// - Shapes: x `[batch, steps, spatial..., channels]` with 1 to 3 spatial axes, start's hidden and
///   cell `[batch, windows..., units]`, kernel `[size..., channels, 4 * units]`, recurrentKernel
///   `[size..., units, 4 * units]`, bias `[4 * units]`, mask `[batch, steps]`; states
///   `[batch, steps, windows..., units]`, last as start.
/// - Parameters:
///   - x: The sequences.
///   - start: The state before the first step, zeros by default.
///   - kernel: Slides over the inputs.
///   - recurrentKernel: Slides over the hidden state.
///   - bias: Added to both products.
///   - mask: True where there is a step; over others the state is carried, as
///     ``recurrent(over:from:mask:reversed:unrolled:cell:)`` does.
///   - strides: Distances between neighbouring windows of the inputs.
///   - padding: What lies around the inputs.
///   - dilation: Distances between neighbouring elements of the kernel.
///   - forgetBias: Added to what the forget gate's activation gets; 1 is Axon's.
///   - activation: What stands for tanh.
///   - gateActivation: What stands for sigmoid.
///   - isReversed: Whether the steps are taken from the last to the first.
///   - isUnrolled: Whether compiled code gets every step as it is, rather than a loop.
/// - Returns: The hidden states after each step, and the state after the last.
/// - Source: Shi et al. 2015, arXiv:1506.04214, without connections from the cell to the gates.
public func convLSTM(
  _ x: Tensor, from start: LSTMState? = nil, kernel: Tensor, recurrentKernel: Tensor,
  bias: Tensor? = nil, mask: Tensor? = nil, strides: [Int] = [1], padding: Padding = .same,
  dilation: [Int] = [1], forgetBias: Double = 0, activation: Activation = .tanh,
  gateActivation: Activation = .sigmoid, reversed isReversed: Bool = false,
  unrolled isUnrolled: Bool = false
) -> (states: Tensor, last: LSTMState) {
  convLSTM(
    "convLSTM", x, from: start, kernel, recurrentKernel, bias: bias, strides: strides,
    padding: padding, dilation: dilation, forgetBias: forgetBias, activation: activation,
    gateActivation: gateActivation,
    steps: RecurrentSteps(
      operation: "convLSTM", mask: mask, isReversed: isReversed, isUnrolled: isUnrolled))
}

/// - Parameter steps: How the steps are taken; nil if the input is that of a single one.
private func convLSTM(
  _ operation: String, _ x: Tensor, from start: LSTMState?, _ kernel: Tensor,
  _ recurrentKernel: Tensor, bias: Tensor?, strides: [Int], padding: Padding, dilation: [Int],
  forgetBias: Double, activation: Activation, gateActivation: Activation, steps: RecurrentSteps?
) -> (states: Tensor, last: LSTMState) {
  let operands = RecurrentOperands(
    operation: operation, x: x, kernel: kernel, recurrentKernel: recurrentKernel, bias: bias,
    states: start?.tensors ?? [], activations: [activation, gateActivation],
    mask: steps?.mask)
  do throws(OperationError) {
    try operands.checkConvolutions(isSequence: steps != nil)
    let constant = try forgetBiases(forgetBias, units: recurrentKernel.shape[-2], operands)
    // All images of all steps are one batch.
    let images = steps?.leading(x) ?? x
    let leading = Array(images.shape.sizes.prefix(steps == nil ? 1 : 2))
    let sizes = Array(images.shape.sizes.dropFirst(leading.count))
    let flat = convolution(
      images.reshaped(to: Shape([leading.reduce(1, *)] + sizes)), kernel, constant ?? bias,
      strides: strides, padding: padding, dilation: dilation
    ).spelled(operation)
    if let error = flat.error { throw error }
    let windows = Array(flat.shape.sizes.dropFirst().dropLast())
    let projected = flat.reshaped(to: Shape(leading + windows + [kernel.shape[-1]]))
    let state = Shape([x.shape[0]] + windows + [recurrentKernel.shape[-2]])
    try operands.checkStates(state, axes: "[batch, windows..., units]")
    let recurrence = LSTMRecurrence(activation: activation, gateActivation: gateActivation) {
      convolution($0, recurrentKernel, padding: .same)
    }
    if let steps {
      return recurrence.sequence(
        over: projected, from: start,
        type: ElementType.promoted(projected.elementType, recurrentKernel.elementType), steps)
    }
    guard let start else { fatalError("a single step needs a state") }
    let next = recurrence.step(projected, start)
    let type = ElementType.promoted(next.hidden.elementType, start.cell.elementType)
    return (next.hidden, next.mapTensors { $0.cast(to: type) })
  } catch {
    let invalid = Tensor(invalid: error)
    return (invalid, LSTMState(hidden: invalid, cell: invalid))
  }
}

/// The bias with a constant added to the forget gate's part; nil where there is nothing to add.
private func forgetBiases(
  _ value: Double, units: Int, _ operands: RecurrentOperands
) throws(OperationError) -> Tensor? {
  guard value.isFinite else {
    throw OperationError(
      operation: operands.operation, rule: "a forget bias that is finite", got: "\(value)")
  }
  if value == 0 { return nil }
  let type = operands.kernel.elementType
  let added = Initializer.forgetBias(value)(
    [4 * units], key: RandomKey(seed: 0), elementType: type)
  return operands.bias.map { $0 + added } ?? added
}

extension RecurrentOperands {
  /// Throws if operands are wrong, or do not fit the kernels of convolutions.
  fileprivate func checkConvolutions(isSequence: Bool) throws(OperationError) {
    try checkValid()
    let leading = isSequence ? 2 : 1
    let axes = x.rank - leading - 1
    guard (1 ... 3).contains(axes), kernel.rank == axes + 2, recurrentKernel.rank == axes + 2,
      kernel.shape[-2] == x.shape[-1], kernel.shape[-1] == 4 * recurrentKernel.shape[-2],
      recurrentKernel.shape[-1] == kernel.shape[-1], kernel.shape[-1] > 0
    else {
      throw OperationError(
        operation: operation,
        rule: """
          x [\(isSequence ? "batch, steps" : "batch"), 1 to 3 spatial axes, channels], a kernel \
          [sizes..., channels, 4 * units] and a recurrent kernel [sizes..., units, 4 * units]
          """,
        got: "x \(x.shape), kernel \(kernel.shape), recurrent kernel \(recurrentKernel.shape)")
    }
    try checkBias(bias, kernel.shape[-1])
    try checkInput()
  }
}
