internal import RanvierTensors

/// What long short-term memories do behind their products, be these of matrices or convolutions.
struct LSTMRecurrence {
  let activation: Activation
  let gateActivation: Activation
  /// The product of the hidden state with the recurrent kernel.
  let product: (Tensor) -> Tensor

  /// One step, of the input's product with the kernel.
  func step(_ projected: Tensor, _ state: LSTMState) -> LSTMState {
    let sums = projected + product(state.hidden)
    let cell = widened(state.cell)
    guard activation == .tanh, gateActivation == .sigmoid else { return composed(sums, cell) }
    let isDouble = [sums, cell].contains { $0.elementType == .float64 }
    // The block's kernel takes rows; where there are spatial axes, each position is one.
    let count = cell.shape.sizes.dropLast().reduce(1, *)
    let rows = [sums, cell].map { $0.reshaped(to: [count, $0.shape[-1]]) }
    let results = applyAll(LSTMCell(), isDouble ? rows.map { $0.cast(to: .float64) } : rows)
    return LSTMState(
      hidden: results[0].reshaped(to: cell.shape), cell: results[1].reshaped(to: cell.shape))
  }

  /// A step with activations other than those of the block.
  private func composed(_ sums: Tensor, _ cell: Tensor) -> LSTMState {
    let parts = equalParts(sums, 4, alongAxis: -1)
    let next =
      gateActivation(parts[1]) * cell + gateActivation(parts[0]) * activation(parts[2])
    return LSTMState(hidden: gateActivation(parts[3]) * activation(next), cell: next)
  }

  /// All steps, of the inputs' products with the kernel, `[steps, batch, ..., 4 * units]`.
  ///
  /// - Parameter type: The type of the hidden state.
  func sequence(
    over projected: Tensor, from start: LSTMState?, type: ElementType, _ steps: RecurrentSteps
  ) -> (states: Tensor, last: LSTMState) {
    let sizes = projected.shape.sizes.dropFirst().dropLast() + [projected.shape[-1] / 4]
    let zeros = Tensor.zeros(Shape(Array(sizes)), elementType: type)
    let first = LSTMState(
      hidden: (start?.hidden ?? zeros).cast(to: type),
      cell: widened((start?.cell ?? zeros).cast(to: type)))
    let (states, last) = steps.run(over: projected, from: first, output: \.hidden) {
      state, projected in
      var next = step(projected, state)
      next.hidden = next.hidden.cast(to: type)
      return next
    }
    return (states.swappedAxes(0, 1), last)
  }
}
