internal import CKernels
internal import Foundation

/// Our own matrix product of f32, for processors with AVX-512.
///
/// It reads operands where they lie, transposed or not, and gives the same result on any number of
/// threads.
struct NativeProduct {
  /// Whether this processor has what it takes; `RANVIER_NATIVE_PRODUCTS=0` leaves products to the
  /// libraries.
  static let isAvailable =
    ck_product_is_native()
    && ProcessInfo.processInfo.environment["RANVIER_NATIVE_PRODUCTS"] != "0"

  /// The C structure, which the compiler does not know to be `Sendable`; never changed.
  struct Prepared: @unchecked Sendable { let product: ck_product }

  let source: ProductKernel

  /// The kernel; operands are left, right, then bias and residual if there are any.
  func kernel() -> Kernel {
    let (sizes, epilogue) = (source.sizes, source.epilogue)
    var product = ck_product()
    product.batch = sizes.batch
    product.rows = sizes.rows
    product.columns = sizes.columns
    product.depth = sizes.depth
    product.left_batch = Int64(sizes.rows * sizes.depth)
    product.left_row = source.transposesLeft ? 1 : Int64(sizes.depth)
    product.left_column = source.transposesLeft ? Int64(sizes.rows) : 1
    product.right_batch = Int64(sizes.depth * sizes.columns)
    product.right_row = source.transposesRight ? 1 : Int64(sizes.columns)
    product.right_column = source.transposesRight ? Int64(sizes.depth) : 1
    product.result_batch = Int64(sizes.rows * sizes.columns)
    product.result_row = Int64(sizes.columns)
    product.packed_right = source.isRightConstant && sizes.batch == 1
    product.rectifies = epilogue.activation == .rectifiedLinear
    product.activation = epilogue.activation.ownKernel
    let prepared = Prepared(product: product)
    let hasBias = epilogue.hasBias
    let residual = epilogue.residualPosition
    let result = 2 + epilogue.operandCount
    var kernel = Kernel(
      product.packed_right ? "native product, packed" : "native product",
      inPlacePairs: epilogue.inPlacePairs
    ) { arguments in
      var product = prepared.product
      ck_run_product(
        &product, arguments[result].elements, arguments[0].elements, arguments[1].elements,
        hasBias ? arguments[2].elements : nil, residual.map { arguments[$0].elements })
    }
    if product.packed_right {
      var description = product
      let byteCount = ck_packed_count(&description) * MemoryLayout<Float>.size
      kernel.packing = Kernel.Packing(operand: 1, byteCount: byteCount) { plain, packed in
        var product = prepared.product
        ck_pack_right(&product, plain.elements, packed.elements)
      }
    }
    return kernel
  }
}
