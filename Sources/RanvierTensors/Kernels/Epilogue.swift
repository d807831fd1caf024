internal import CKernels
#if OneDNN
  internal import COneDNN
#endif

/// What happens to a product or convolution before it is stored: `activation(product + bias +
/// residual)`.
package struct Epilogue: Sendable, Hashable {
  /// The activations that the library kernels can apply.
  package enum Activation: Sendable, Hashable {
    case identity, rectifiedLinear, hyperbolicTangent, logistic
  }

  /// Whether a vector over the columns (output channels) is added.
  package var hasBias = false
  /// Whether a tensor of the result's shape is added.
  package var hasResidual = false
  package var activation = Activation.identity

  package init(
    hasBias: Bool = false, hasResidual: Bool = false, activation: Activation = .identity
  ) {
    self.hasBias = hasBias
    self.hasResidual = hasResidual
    self.activation = activation
  }

  package var isEmpty: Bool { operandCount == 0 && activation == .identity }

  /// The position of the residual in a kernel whose product has two operands.
  var residualPosition: Int? { hasResidual ? (hasBias ? 3 : 2) : nil }

  /// The result of such a kernel may be written over the residual.
  var inPlacePairs: [Kernel.InPlacePair] {
    residualPosition.map { [Kernel.InPlacePair(operand: $0, result: 0)] } ?? []
  }

  /// The operands after those of the product: bias, then residual.
  package var operandCount: Int { (hasBias ? 1 : 0) + (hasResidual ? 1 : 0) }

  #if OneDNN
    func oneDNN(bias type: ElementType) -> odnn_epilogue {
      var epilogue = odnn_epilogue()
      epilogue.bias = hasBias
      epilogue.bias_type = type.oneDNN
      epilogue.accumulates = hasResidual
      epilogue.activation =
        switch activation {
        case .identity: ODNN_IDENTITY
        case .rectifiedLinear: ODNN_RELU
        case .hyperbolicTangent: ODNN_TANH
        case .logistic: ODNN_LOGISTIC
        }
      return epilogue
    }
  #endif
}

extension Kernel {
  /// The kernel, which adds to what its result's memory holds, with that as its last operand.
  ///
  /// Where the memory plan gives both the same place, nothing is copied.
  func takingResidual(after operands: Int, byteCount: Int) -> Kernel {
    let inner = self
    var whole = Kernel(
      implementation, scratchBytes: scratchBytes,
      inPlacePairs: [InPlacePair(operand: operands, result: 0)]
    ) { arguments in
      let (residual, result) = (arguments[operands], arguments[operands + 1])
      if residual != result { result.copyMemory(from: residual, byteCount: byteCount) }
      withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: operands + 2) {
        pointers in
        for index in 0 ..< operands { pointers[index] = arguments[index] }
        pointers[operands] = result
        pointers[operands + 1] = arguments[operands + 2]
        if let base = pointers.baseAddress { inner.body(KernelArguments(base: base)) }
      }
    }
    whole.packing = packing
    return whole
  }

  /// The kernel followed by an element loop over its result, for libraries without epilogues.
  ///
  /// Operands of the whole are this kernel's, then bias and residual, which has the result's type.
  /// Numbers of 16 bits are widened for the loop; the result is rounded once.
  ///
  /// - Parameters:
  ///   - product: The type of this kernel's result.
  ///   - bias: The type of the bias.
  ///   - result: The type of the whole's result.
  func withEpilogue(
    _ epilogue: Epilogue, of product: ElementType, bias: ElementType, result: ElementType,
    rows: Int, columns: Int, operands: Int
  ) -> Kernel {
    if epilogue.isEmpty && product == result { return self }
    let type: ElementType = product.isNarrowFloat ? .float32 : product
    let shape: Shape = [rows, columns]
    var loop = ElementLoop(
      shape: shape,
      inputs: [TensorType(product, shape)]
        + (epilogue.hasBias ? [TensorType(bias, [columns])] : [])
        + (epilogue.hasResidual ? [TensorType(result, shape)] : []),
      steps: [], outputs: [])
    func append(_ operation: ElementLoop.Operation, _ operands: [Int], _ type: ElementType) -> Int {
      loop.steps.append(.init(operation, operands: operands, resultType: type))
      return loop.inputs.count + loop.steps.count - 1
    }
    func converted(_ value: Int, _ from: ElementType, _ to: ElementType) -> Int {
      from == to ? value : append(.cast(from: from, to: to), [value], to)
    }
    var value = converted(0, product, type)
    if epilogue.hasBias {
      let addend = converted(1, bias, type)
      value = append(.element(CK_OP_ADD.rawValue, type), [value, addend], type)
    }
    if epilogue.hasResidual {
      let addend = converted(loop.inputs.count - 1, result, type)
      value = append(.element(CK_OP_ADD.rawValue, type), [value, addend], type)
    }
    if let activation = epilogue.activation.operation {
      value = append(.element(activation.rawValue, type), [value], type)
    }
    value = converted(value, type, result)
    loop.outputs = [value - loop.inputs.count]
    return followed(
      by: loop.makeKernel(), operands: operands, added: epilogue.operandCount,
      // A product of the result's size is replaced where it lies.
      productBytes: product.byteCount == result.byteCount ? 0 : rows * columns * product.byteCount)
  }

  private func followed(
    by loop: Kernel, operands: Int, added: Int, productBytes: Int
  ) -> Kernel {
    let inner = self
    let reserved = (productBytes + 63) & ~63
    var whole = Kernel(
      "\(implementation) + epilogue", scratchBytes: reserved + scratchBytes
    ) { arguments in
      let result = arguments[operands + added]
      let scratch = arguments[operands + added + 1]
      let product = reserved > 0 ? scratch : result
      withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: operands + 4) {
        pointers in
        for index in 0 ..< operands { pointers[index] = arguments[index] }
        pointers[operands] = product
        pointers[operands + 1] = scratch + reserved
        if let base = pointers.baseAddress { inner.body(KernelArguments(base: base)) }
        pointers[0] = product
        for index in 0 ..< added { pointers[1 + index] = arguments[operands + index] }
        pointers[1 + added] = result
        if let base = pointers.baseAddress { loop.body(KernelArguments(base: base)) }
      }
    }
    whole.packing = packing
    return whole
  }
}

extension Epilogue.Activation {
  /// The activation in the C kernels' numbering.
  var operation: ck_op? {
    switch self {
    case .identity: nil
    case .rectifiedLinear: CK_OP_RECTIFIED_LINEAR
    case .hyperbolicTangent: CK_OP_HYPERBOLIC_TANGENT
    case .logistic: CK_OP_LOGISTIC
    }
  }

  /// The block kernel that our own products and convolutions end with; they rectify by themselves.
  var ownKernel: ck_block_kernel? {
    guard self != .rectifiedLinear, let operation else { return nil }
    return ck_op_kernel(operation, CK_F32)
  }
}
