internal import COpenBLAS

/// A kernel that works through a batch of matrices with LAPACK.
///
/// Matrices are divided among threads; each one is done by one thread.
enum MatrixKernel {
  /// The kernel of a kind of decomposition; `configure` sets its options.
  static func make(
    _ kind: la_kind, _ routine: String, operands: [TensorType], results: [TensorType],
    configure: (inout la_problem) -> Void = { _ in }
  ) -> Kernel {
    precondition(BLASProduct.isPrepared)
    let shape = operands[0].shape
    var problem = la_problem()
    problem.kind = kind
    problem.is_double = operands[0].elementType == .float64
    problem.batch = shape.sizes.dropLast(2).reduce(1, *)
    problem.rows = Int32(shape[-2])
    problem.columns = Int32(shape[-1])
    problem.right = operands.count > 1 ? Int32(operands[1].shape[-1]) : 0
    configure(&problem)
    la_prepare(&problem)
    let batch = Swift.max(1, problem.batch)
    let strides = (operands + results).map { $0.byteCount / batch }
    let prepared = problem
    return Kernel("lapack \(routine)", scratchBytes: la_scratch_bytes(&problem)) { arguments in
      var problem = prepared
      UnsafeRawPointer(arguments.base).withMemoryRebound(
        to: UnsafeMutableRawPointer?.self, capacity: strides.count + 1
      ) { buffers in
        la_run(&problem, buffers, strides, Int32(strides.count))
      }
    }
  }
}
