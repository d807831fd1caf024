internal import RanvierTensors

/// The operands of a recurrent cell or network, checked.
struct RecurrentOperands {
  /// The error if shapes do not fit.
  ///
  /// - Parameters:
  ///   - operation: The function as users spell it.
  ///   - x: The input of one step, or of all.
  ///   - xAxes: The input's axes as the error names them.
  ///   - gates: How many times wider than the units the kernels are.
  ///   - kernel: Multiplies the inputs.
  ///   - recurrentKernel: Multiplies the state.
  ///   - bias: Added to the products with the kernel.
  ///   - states: The state before the first step, if given.
  static func check(
    _ operation: String, _ x: Tensor, axes xAxes: [String], gates: Int, kernel: Tensor,
    recurrentKernel: Tensor, bias: Tensor?, states: [Tensor]
  ) throws(OperationError) {
    let tensors = [x, kernel, recurrentKernel] + [bias].compactMap { $0 } + states
    if let error = tensors.lazy.compactMap(\.error).first { throw error }
    let axes = "[\(xAxes.joined(separator: ", "))]"
    guard x.rank == xAxes.count, kernel.rank == 2, recurrentKernel.rank == 2,
      kernel.shape[0] == x.shape[-1], kernel.shape[1] == gates * recurrentKernel.shape[0],
      recurrentKernel.shape[1] == kernel.shape[1], recurrentKernel.shape[0] > 0
    else {
      throw OperationError(
        operation: operation,
        rule: """
          x \(axes), a kernel [features, \(gates) * units] and a recurrent kernel \
          [units, \(gates) * units]
          """,
        got: "x \(x.shape), kernel \(kernel.shape), recurrent kernel \(recurrentKernel.shape)")
    }
    let units = recurrentKernel.shape[0]
    if let bias, bias.shape != [gates * units] {
      throw OperationError(
        operation: operation, rule: "a bias of shape [\(gates * units)]", got: "\(bias.shape)")
    }
    let shape: Shape = [x.shape[0], units]
    for state in states where state.shape != shape {
      throw OperationError(
        operation: operation, rule: "a state of shape \(shape)", got: "\(state.shape)",
        hint: "states are [batch, units]")
    }
    guard x.elementType.isFloatingPoint else {
      throw OperationError(
        operation: operation, rule: "floating-point numbers", got: "x \(x.type)",
        hint: "convert with cast(to:)")
    }
  }
}
