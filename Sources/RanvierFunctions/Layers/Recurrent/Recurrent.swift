public import RanvierTensors

/// A cell of your own over sequences.
///
///     state[t] = cell(state[t - 1], x[.., t])        where the mask is true, or there is none
///     state[t] = state[t - 1]                        elsewhere
///
/// A state that is carried over masked steps makes padded sequences end with the states of unpadded
/// ones, whatever the padding holds.
///
///     // An average that forgets: x [batch, steps, features].
///     let start = Tensor.zeros([batch, features])
///     let (states, last) = recurrent(over: x, from: start, mask: mask) { average, x in
///       0.9 * average + 0.1 * x
///     }
///
/// - Shapes: x `[batch, steps, ...]`, start `[batch, ...]` for each tensor of the state, mask
///   `[batch, steps]`; states `[batch, steps, ...]`, last as start.
/// - Parameters:
///   - x: The sequences; the cell gets `[batch, ...]`, zeros where the mask is false.
///   - start: The state before the first step.
///   - mask: True where there is a step, false where there is padding.
///   - isReversed: Whether the steps are taken from the last to the first; the states stay in the
///     order of x.
///   - isUnrolled: Whether compiled code gets every step as it is, rather than a loop; the results
///     are the same.
///   - cell: Returns the next state, of the same structure and types.
/// - Returns: The states after each step, and the one after the last step that was taken.
public func recurrent<State: TensorTree>(
  over x: Tensor, from start: State, mask: Tensor? = nil, reversed isReversed: Bool = false,
  unrolled isUnrolled: Bool = false, cell: (State, Tensor) throws -> State
) rethrows -> (states: State, last: State) {
  do throws(OperationError) {
    if let error = ([x] + start.tensors).lazy.compactMap(\.error).first { throw error }
    let states = start.tensors.map(\.shape)
    guard x.rank >= 2, states.allSatisfy({ $0.sizes.first == x.shape[0] }) else {
      throw OperationError(
        operation: "recurrent", rule: "x [batch, steps, ...] and states [batch, ...]",
        got: "x \(x.shape), states \(states.map(\.description).joined(separator: ", "))")
    }
    try mask?.checkMask("recurrent", batch: x.shape[0], steps: x.shape[1])
  } catch {
    let invalid = start.mapTensors { _ in Tensor(invalid: error) }
    return (invalid, invalid)
  }
  let steps = RecurrentSteps(
    operation: "recurrent", mask: mask, isReversed: isReversed, isUnrolled: isUnrolled)
  let (states, last) = try steps.run(
    over: steps.leading(x), from: start, output: { $0 }, cell: cell)
  return (states.mapTensors { $0.swappedAxes(0, 1) }, last)
}
