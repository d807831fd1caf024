internal import RanvierTensors

/// How the steps of sequences are taken: which of them, in which order, and whether as a loop.
struct RecurrentSteps {
  /// The function as users spell it.
  var operation: String
  /// True where there is a step, `[batch, steps]`.
  var mask: Tensor?
  var isReversed = false
  var isUnrolled = false

  /// Sequences `[batch, steps, ...]` as `[steps, batch, ...]`, with zeros where there is no step.
  ///
  /// Padding of any content would not change the states. But a NaN in it would reach the kernel's
  /// gradient, where it is multiplied by the zeros of the steps that were not taken.
  func leading(_ x: Tensor) -> Tensor {
    let moved = x.swappedAxes(0, 1)
    guard let mask else { return moved }
    let zero = Tensor(0, elementType: x.elementType)
    return select(mask.swappedAxes(0, 1).appendingAxes(x.rank - 2), moved, zero)
  }

  /// Takes the steps.
  ///
  /// - Parameters:
  ///   - elements: What the cell gets at each step, `[steps, batch, ...]`.
  ///   - start: The state before the first step, `[batch, ...]` each.
  ///   - output: What is kept of the state after each step.
  ///   - cell: Returns the next state.
  /// - Returns: The outputs, `[steps, batch, ...]`, and the state after the last step.
  func run<State: TensorTree, Output: TensorTree>(
    over elements: Tensor, from start: State, output: (State) -> Output,
    cell: (State, Tensor) throws -> State
  ) rethrows -> (outputs: Output, last: State) {
    let steps = [elements] + (mask.map { [$0.swappedAxes(0, 1)] } ?? [])
    let (last, outputs) = try scan(
      over: steps, from: start, reversed: isReversed, unrolled: isUnrolled
    ) { state, step in
      var next = try cell(state, step[0])
      if step.count > 1 { next = carried(next, over: state, where: step[1]) }
      return (next, output(next))
    }
    return (outputs.mapTensors(respelled), last.mapTensors(respelled))
  }

  /// A tensor that says of the function what a scan says of its step.
  private func respelled(_ tensor: Tensor) -> Tensor {
    guard var error = tensor.error, error.operation == "scan" else { return tensor }
    error.operation = operation
    return Tensor(invalid: error)
  }

  /// The next state where there is a step, and the state before it elsewhere.
  private func carried<State: TensorTree>(
    _ next: State, over state: State, where isStep: Tensor
  ) -> State {
    let (new, old) = (next.tensors, state.tensors)
    // Scan says what is wrong with such a state.
    guard new.map(\.type) == old.map(\.type) else { return next }
    return next.replacingTensors(
      with: zip(new, old).map { select(isStep.appendingAxes($0.rank - 1), $0, $1) })
  }
}

extension Tensor {
  /// The tensor with axes of size 1 behind its own.
  fileprivate func appendingAxes(_ count: Int) -> Tensor {
    reshaped(to: Shape(shape.sizes + [Int](repeating: 1, count: count)))
  }

  /// Throws unless this is a mask of the steps of sequences.
  func checkMask(_ operation: String, batch: Int, steps: Int) throws(OperationError) {
    if let error { throw error }
    guard elementType == .bool, shape == [batch, steps] else {
      throw OperationError(
        operation: operation,
        rule: "a mask of truth values [batch, steps], so bool[\(batch), \(steps)]", got: "\(type)",
        hint: elementType == .bool ? "" : "compare, as in notEqual(tokens, 0)")
    }
  }
}
