public import RanvierTensors

/// Divides a kernel by its largest singular value, estimated by two singular vectors.
///
/// `kernel / sigma` with `sigma = left · matrix · right`, where the matrix has a row for each output.
/// Derivatives go through `sigma`, but not through the vectors.
///
/// - Shapes: kernel of any shape, left `[outputs]`, right `[inputs]`, where inputs are the elements
///   of one output; result as kernel.
/// - Parameters:
///   - kernel: The kernel.
///   - left: The singular vector on the outputs' side.
///   - right: The singular vector on the inputs' side. Zeros mean that none has been found yet: then
///     it is the best one for `left`.
///   - axis: The axis of outputs: the last one of dense and convolution kernels.
/// - Source: Miyato et al. 2018, arXiv:1802.05957.
public func spectralNorm(_ kernel: Tensor, left: Tensor, right: Tensor, axis: Int = -1) -> Tensor {
  do throws(OperationError) {
    let matrix = try SpectralMatrix(kernel, left, right, outputs: axis)
    let found = matrix.right(of: matrix.left)
    let isKnown = notEqual(matrix.right, 0).any()
    return matrix.normalized(left: matrix.left, right: select(isKnown, matrix.right, found))
  } catch {
    return Tensor(invalid: error)
  }
}

/// Improves the estimate of the singular vectors, and divides the kernel by its largest singular
/// value.
///
/// Each iteration sets `right = normalized(left · matrix)`, then `left = normalized(matrix · right)`:
/// one step of training follows the kernel closely enough, as it changes slowly.
///
/// - Shapes: As ``spectralNorm(_:left:right:axis:)``.
/// - Parameters:
///   - kernel: The kernel.
///   - left: The singular vector on the outputs' side so far.
///   - right: The singular vector on the inputs' side so far.
///   - axis: The axis of outputs.
///   - iterations: The number of power iterations, at least 1.
///   - epsilon: The smallest norm that vectors are divided by.
/// - Returns: The kernel divided, and both vectors, which are constants in derivatives.
/// - Source: Miyato et al. 2018, arXiv:1802.05957, algorithm 1; PyTorch's `spectral_norm`.
public func spectralNormTraining(
  _ kernel: Tensor, left: Tensor, right: Tensor, axis: Int = -1, iterations: Int = 1,
  epsilon: Double = 1e-12
) -> (output: Tensor, left: Tensor, right: Tensor) {
  do throws(OperationError) {
    let matrix = try SpectralMatrix(kernel, left, right, outputs: axis, epsilon: epsilon)
    guard iterations > 0 else {
      throw OperationError(
        operation: "spectralNorm", rule: "at least one iteration", got: "\(iterations)")
    }
    var (left, right) = (matrix.left, matrix.right)
    for _ in 0 ..< iterations {
      right = matrix.right(of: left)
      left = matrix.left(of: right)
    }
    return (matrix.normalized(left: left, right: right), left, right)
  } catch {
    let invalid = Tensor(invalid: error)
    return (invalid, invalid, invalid)
  }
}

/// A kernel with vectors on both sides, checked.
private struct SpectralMatrix {
  let kernel: Tensor
  let left: Tensor
  let right: Tensor
  private let epsilon: Double
  /// The kernel as a constant, with a column for each output.
  private let columns: Tensor
  private let rows: KernelRows

  init(
    _ kernel: Tensor, _ left: Tensor, _ right: Tensor, outputs axis: Int, epsilon: Double = 1e-12
  ) throws(OperationError) {
    rows = try KernelRows(kernel, outputs: axis, operation: "spectralNorm")
    if let error = left.error ?? right.error { throw error }
    let inputs = rows.inputAxes.reduce(1) { $0 * kernel.shape[$1] }
    guard left.shape == [rows.outputs], right.shape == [inputs] else {
      throw OperationError(
        operation: "spectralNorm",
        rule: "a left vector [\(rows.outputs)] and a right vector [\(inputs)]",
        got: "\(left.shape) and \(right.shape) for a kernel \(kernel.shape) and axis \(axis)")
    }
    self.kernel = kernel
    self.left = stopGradient(left)
    self.right = stopGradient(right)
    self.epsilon = epsilon
    columns = SpectralMatrix.columns(stopGradient(kernel), rows)
  }

  private static func columns(_ kernel: Tensor, _ rows: KernelRows) -> Tensor {
    kernel.transposed(permutation: rows.inputAxes + [rows.outputAxis])
      .reshaped(to: [kernel.count / Swift.max(rows.outputs, 1), rows.outputs])
  }

  func right(of left: Tensor) -> Tensor {
    matmul(columns, left).normalized(epsilon: epsilon)
  }

  func left(of right: Tensor) -> Tensor {
    matmul(right, columns).normalized(epsilon: epsilon)
  }

  func normalized(left: Tensor, right: Tensor) -> Tensor {
    let sigma = (matmul(right, SpectralMatrix.columns(kernel, rows)) * left).sum()
    return kernel / sigma
  }
}
