public import RanvierTensors

/// A kernel made of directions and magnitudes, which are learnt apart.
///
/// `kernel = direction / norm(direction) * magnitude` with the norm over all axes but one, so that
/// each output has a vector of its own. A direction of zeros gives zeros.
///
/// - Shapes: direction of any shape, magnitude `[size of the axis]`; result as direction.
/// - Parameters:
///   - direction: What gives each output's direction; its length has no influence.
///   - magnitude: The norm of each output's part of the kernel.
///   - axis: The axis of outputs: the last one of dense and convolution kernels.
/// - Source: Salimans & Kingma 2016, arXiv:1602.07868.
public func weightNorm(_ direction: Tensor, magnitude: Tensor, axis: Int = -1) -> Tensor {
  do throws(OperationError) {
    let kernel = try KernelRows(direction, outputs: axis, operation: "weightNorm")
    if let error = magnitude.error { throw error }
    guard magnitude.shape == [kernel.outputs] else {
      throw OperationError(
        operation: "weightNorm", rule: "a magnitude of shape [\(kernel.outputs)]",
        got: "\(magnitude.shape) for a direction \(direction.shape) and axis \(axis)")
    }
    let norm = direction.norm(alongAxes: kernel.inputAxes, keepingAxes: true)
    // Zeros stay zeros, with derivatives that are finite.
    let safe = select(equal(norm, 0), 1, norm)
    return direction * (magnitude.reshaped(to: kernel.aligned) / safe)
  } catch {
    return Tensor(invalid: error)
  }
}

/// A kernel as a matrix with a row of inputs for each output.
struct KernelRows {
  /// The axes that are not the outputs'.
  let inputAxes: [Int]
  /// The axis of outputs.
  let outputAxis: Int
  /// The number of outputs.
  let outputs: Int
  /// The shape of a number for each output that broadcasts to the kernel.
  let aligned: Shape

  init(_ kernel: Tensor, outputs axis: Int, operation: String) throws(OperationError) {
    let position = try kernel.normalizedAxes([axis], operation: operation)[0]
    outputAxis = position
    guard kernel.elementType.isFloatingPoint else {
      throw OperationError(
        operation: operation, rule: "a kernel of floating-point numbers", got: "\(kernel.type)")
    }
    inputAxes = (0 ..< kernel.rank).filter { $0 != position }
    outputs = kernel.shape[position]
    aligned = Shape((0 ..< kernel.rank).map { $0 == position ? kernel.shape[$0] : 1 })
  }
}
