internal import CKernels

/// The kernels of attention and its gradients: our own loop over blocks of queries, with our own
/// products where the processor has AVX-512 and the numbers are `f32`, else with OpenBLAS's.
struct AttentionKernel: Sendable {
  private let sizes: AttentionSizes
  private let attention: Attention
  private let type: ElementType
  private let maskStrides: [Int]
  /// Whether there is a mask; one without elements is never read.
  private let readsMask: Bool
  private let lanes = Int(ck_thread_count())

  /// - Parameter operands: Those of the attention, which fit together.
  init(_ attention: Attention, _ operands: [TensorType]) {
    do {
      sizes = try AttentionSizes(attention, operands)
    } catch {
      fatalError("a kernel is made for operands that have been checked: \(error)")
    }
    self.attention = attention
    type = operands[0].elementType.attentionSums
    maskStrides = sizes.maskStrides
    readsMask = sizes.mask.map { $0.reduce(1, *) > 0 } ?? false
  }

  private var isNative: Bool { type == .float32 && NativeProduct.isAvailable }
  private var implementation: String {
    isNative ? "native attention" : "attention + openblas gemm"
  }

  private func description() -> ck_attention {
    var result = ck_attention()
    result.type = type.ckType
    result.batch = sizes.batch
    result.heads = sizes.heads
    result.queries = sizes.queries
    result.keys = sizes.keys
    result.share = sizes.share
    result.value_share = sizes.outputs
    let packed = 3 * sizes.heads * sizes.share
    result.query_row = attention.isPacked ? packed : sizes.heads * sizes.share
    result.key_row = result.query_row
    result.value_row = attention.isPacked ? packed : sizes.heads * sizes.outputs
    result.mask_batch = maskStrides[0]
    result.mask_head = maskStrides[1]
    result.mask_query = maskStrides[2]
    result.mask_key = maskStrides[3]
    result.is_causal = attention.isCausal
    result.scale = attention.scale
    if !isNative { result.multiply = multiplyByBLAS }
    return result
  }

  private func scratchBytes(isGradient: Bool) -> Int {
    var description = description()
    return ck_attention_scratch_bytes(&description, isGradient, lanes)
  }

  /// Where queries, keys and values begin among pointers of which the first are theirs.
  private func parts(_ arguments: KernelArguments, from first: Int) -> Parts {
    if !attention.isPacked {
      return (arguments[first], arguments[first + 1], arguments[first + 2])
    }
    let step = sizes.heads * sizes.share * type.byteCount
    return (arguments[first], arguments[first] + step, arguments[first] + 2 * step)
  }

  private typealias Parts = (
    query: UnsafeMutableRawPointer, key: UnsafeMutableRawPointer, value: UnsafeMutableRawPointer
  )

  private func mask(_ arguments: KernelArguments) -> UnsafePointer<Bool>? {
    guard readsMask else { return nil }
    return UnsafePointer(arguments[attention.tensorCount].assumingMemoryBound(to: Bool.self))
  }

  /// Operands and results are those of ``Attention``.
  func forward(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let count = operands.count
    return Kernel(implementation, scratchBytes: scratchBytes(isGradient: false)) { arguments in
      var description = description()
      let tensors = parts(arguments, from: 0)
      ck_run_attention(
        &description, lanes, arguments[count], arguments[count + 1], tensors.query,
        tensors.key, tensors.value, mask(arguments), arguments[count + 2])
    }.converting(operands, results: results)
  }

  /// Operands and results are those of ``AttentionGradient``.
  func gradient(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let (count, end) = (operands.count, operands.count + results.count)
    return Kernel(implementation, scratchBytes: scratchBytes(isGradient: true)) { arguments in
      var description = description()
      let tensors = parts(arguments, from: 0)
      let gradients = parts(arguments, from: count)
      ck_run_attention_gradient(
        &description, lanes, gradients.query, gradients.key, gradients.value, tensors.query,
        tensors.key, tensors.value, mask(arguments), arguments[count - 3], arguments[count - 2],
        arguments[count - 1], arguments[end])
    }.converting(operands, results: results)
  }
}

/// A product of a block's rows, for types and processors without products of our own.
private func multiplyByBLAS(
  type: ck_type, product: UnsafePointer<ck_attention_product>?, result: UnsafeMutableRawPointer?,
  left: UnsafeRawPointer?, right: UnsafeRawPointer?
) {
  guard let product = product?.pointee, let result, let left, let right else { return }
  BLASProduct(
    type: type == CK_F64 ? .float64 : .float32, rows: product.rows, columns: product.columns,
    depth: product.depth, left: left, leftStride: product.left_row,
    transposesLeft: product.transposes_left, right: right, rightStride: product.right_row,
    transposesRight: product.transposes_right, result: result, resultStride: product.result_row,
    accumulates: product.accumulates
  ).run()
}
