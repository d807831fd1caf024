internal import CKernels
#if OneDNN
  internal import COneDNN
#endif

/// The choice of library for a matrix product, and what happens to the product before it is stored.
package struct ProductKernel: Sendable {
  package var type: ElementType
  package var sizes: MatrixProduct.Sizes
  package var transposesLeft: Bool
  package var transposesRight: Bool
  package var epilogue = Epilogue()
  /// The type of the bias, if there is one.
  package var biasType: ElementType
  package var resultType: ElementType
  /// Whether the right operand never changes, so that it is worth a layout of its own.
  package var isRightConstant = false

  /// - Parameters:
  ///   - biasType: The operands' type by default; operands of 16 bits may have an `f32` bias.
  ///   - resultType: The operands' type by default; operands of 16 bits may give `f32`.
  package init(
    type: ElementType, sizes: MatrixProduct.Sizes, transposesLeft: Bool, transposesRight: Bool,
    epilogue: Epilogue = Epilogue(), biasType: ElementType? = nil, resultType: ElementType? = nil,
    isRightConstant: Bool = false
  ) {
    self.type = type
    self.biasType = biasType ?? type
    self.resultType = resultType ?? type
    self.sizes = sizes
    self.transposesLeft = transposesLeft
    self.transposesRight = transposesRight
    self.epilogue = epilogue
    self.isRightConstant = isRightConstant
  }

  /// The kernel; operands are left, right, then the bias if there is one.
  package func kernel() -> Kernel {
    if sizes.batch * sizes.rows * sizes.columns == 0 || sizes.depth == 0 {
      return withoutProducts()
    }
    if [type, biasType, resultType] == [.float32, .float32, .float32], NativeProduct.isAvailable {
      return NativeProduct(source: self).kernel()
    }
    #if OneDNN
      if OneDNNKernel.multiplies(type), resultType != .float64, let kernel = oneDNN() {
        return kernel
      }
    #endif
    if type.isNarrowFloat { return inFloat32() }
    return withEpilogue(blas(), of: type)
  }

  private func withEpilogue(_ kernel: Kernel, of product: ElementType) -> Kernel {
    kernel.withEpilogue(
      epilogue, of: product, bias: biasType, result: resultType, rows: sizes.batch * sizes.rows,
      columns: sizes.columns, operands: 2)
  }

  /// Sums of no products.
  private func withoutProducts() -> Kernel {
    let byteCount = sizes.batch * sizes.rows * sizes.columns * resultType.byteCount
    return withEpilogue(
      Kernel("zero") { arguments in
        arguments[2].initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
      }, of: resultType)
  }

  /// Numbers without products of their own are widened, and the result is rounded once.
  private func inFloat32() -> Kernel {
    let wide = ProductKernel(
      type: .float32, sizes: sizes, transposesLeft: transposesLeft,
      transposesRight: transposesRight)
    let depth = sizes.batch * sizes.depth
    return withEpilogue(
      wide.kernel().converting(
        [TensorType(type, [sizes.rows, depth]), TensorType(type, [depth, sizes.columns])]),
      of: .float32)
  }

  /// OpenBLAS for f32 and f64, plain loops for other types; products of a batch, or strips of rows,
  /// run in parallel.
  private func blas() -> Kernel {
    let (sizes, type) = (sizes, type)
    let (left, right) = (transposesLeft, transposesRight)
    guard type == .float32 || type == .float64 else {
      return Kernel("plain product") { arguments in
        ck_matrix_product(
          type.ckType, arguments[2], arguments[0], arguments[1], sizes.batch, sizes.rows,
          sizes.columns, sizes.depth, left, right)
      }
    }
    return Kernel("openblas gemm") { arguments in
      BLASProduct(
        type: type, rows: sizes.rows, columns: sizes.columns, depth: sizes.depth,
        left: arguments[0], leftStride: left ? sizes.rows : sizes.depth, transposesLeft: left,
        right: arguments[1], rightStride: right ? sizes.depth : sizes.columns,
        transposesRight: right, result: arguments[2], resultStride: sizes.columns,
        batch: sizes.batch
      ).run()
    }
  }

  #if OneDNN
    private func oneDNN() -> Kernel? {
      var description = odnn_matmul()
      description.operand_type = type.oneDNN
      description.result_type = resultType.oneDNN
      description.batch = Int64(sizes.batch)
      description.rows = Int64(sizes.rows)
      description.columns = Int64(sizes.columns)
      description.depth = Int64(sizes.depth)
      description.transpose_left = transposesLeft
      description.transpose_right = transposesRight
      description.packed_right = isRightConstant
      description.epilogue = epilogue.oneDNN(bias: biasType)
      let batch = Double(sizes.batch)
      let (rows, columns, depth) = (Double(sizes.rows), Double(sizes.columns), Double(sizes.depth))
      let elements = batch * (rows * depth + depth * columns + rows * columns)
      let work = OneDNNKernel.Work(
        operations: 2 * batch * rows * columns * depth, bytes: elements * Double(type.byteCount))
      let operandCount = 2 + (epilogue.hasBias ? 1 : 0)
      let kernel = OneDNNKernel.make("matmul", type, operandCount: operandCount, work: work) {
        odnn_create_matmul(&description, $0, $1)
      }
      guard epilogue.hasResidual else { return kernel }
      let resultBytes = sizes.batch * sizes.rows * sizes.columns * resultType.byteCount
      return kernel?.takingResidual(after: operandCount, byteCount: resultBytes)
    }
  #endif
}
