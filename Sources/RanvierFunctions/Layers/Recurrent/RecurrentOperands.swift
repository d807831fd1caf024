internal import RanvierTensors

/// The operands of a recurrent cell or network.
struct RecurrentOperands {
  /// The function as users spell it.
  let operation: String
  /// The input of one step, or of all.
  let x: Tensor
  let kernel: Tensor
  let recurrentKernel: Tensor
  let bias: Tensor?
  /// The state before the first step, if given.
  let states: [Tensor]
  /// What is applied to sums, which must keep their shape.
  let activations: [Activation]
  /// Which steps there are, if given.
  var mask: Tensor?

  /// Throws if operands are wrong, or do not fit matrices as kernels.
  ///
  /// - Parameters:
  ///   - axes: The input's axes as the error names them.
  ///   - gates: How many times wider than the units the kernels are.
  func check(axes: [String], gates: Int) throws(OperationError) {
    try checkValid()
    let width = gates == 1 ? "units" : "\(gates) * units"
    guard x.rank == axes.count, kernel.rank == 2, recurrentKernel.rank == 2,
      kernel.shape[0] == x.shape[-1], kernel.shape[1] == gates * recurrentKernel.shape[0],
      recurrentKernel.shape[1] == kernel.shape[1], recurrentKernel.shape[0] > 0
    else {
      throw OperationError(
        operation: operation,
        rule: """
          x [\(axes.joined(separator: ", "))], a kernel [features, \(width)] and a recurrent kernel \
          [units, \(width)]
          """,
        got: "x \(x.shape), kernel \(kernel.shape), recurrent kernel \(recurrentKernel.shape)")
    }
    try checkBias(bias, kernel.shape[-1])
    try checkStates([x.shape[0], recurrentKernel.shape[0]], axes: "[batch, units]")
    try checkInput()
  }

  /// Throws for the first operand that a wrong operation made.
  func checkValid() throws(OperationError) {
    let tensors = [x, kernel, recurrentKernel] + [bias, mask].compactMap { $0 } + states
    if let error = tensors.lazy.compactMap(\.error).first { throw error }
  }

  /// Throws unless a bias has a size.
  func checkBias(
    _ bias: Tensor?, _ size: Int, named name: String = "bias"
  ) throws(OperationError) {
    guard let bias else { return }
    if let error = bias.error { throw error }
    guard bias.shape == [size] else {
      throw OperationError(
        operation: operation, rule: "a \(name) of shape [\(size)]", got: "\(bias.shape)")
    }
  }

  /// Throws unless all states have a shape.
  func checkStates(_ shape: Shape, axes: String) throws(OperationError) {
    for state in states where state.shape != shape {
      throw OperationError(
        operation: operation, rule: "a state of shape \(shape)", got: "\(state.shape)",
        hint: "states are \(axes)")
    }
  }

  /// Throws unless the input has floating-point numbers, the mask its steps, and activations keep
  /// shapes: others would broadcast without a word.
  func checkInput() throws(OperationError) {
    guard x.elementType.isFloatingPoint else {
      throw OperationError(
        operation: operation, rule: "floating-point numbers", got: "x \(x.type)",
        hint: "convert with cast(to:)")
    }
    if let mask { try mask.checkMask(operation, batch: x.shape[0], steps: x.shape[1]) }
    let sample = Tensor.zeros([2, 3])
    for activation in activations where activation != .tanh && activation != .sigmoid {
      let result = activation(sample)
      if let error = result.error { throw error }
      guard result.shape == sample.shape else {
        throw OperationError(
          operation: operation, rule: "an activation that keeps the shape",
          got: "\(activation.name), which turns \(sample.shape) into \(result.shape)")
      }
    }
  }
}
