internal import CKernels
#if OneDNN
  internal import COneDNN
#endif

/// What happens to a product or convolution before it is stored: `activation(product + bias)`.
package struct Epilogue: Sendable, Hashable {
  /// The activations that the library kernels can apply.
  package enum Activation: Sendable, Hashable {
    case identity, rectifiedLinear, hyperbolicTangent, logistic
  }

  /// Whether a vector over the columns (output channels) is added.
  package var hasBias = false
  package var activation = Activation.identity

  package init(hasBias: Bool = false, activation: Activation = .identity) {
    self.hasBias = hasBias
    self.activation = activation
  }

  package var isEmpty: Bool { !hasBias && activation == .identity }

  #if OneDNN
    func oneDNN(bias type: ElementType) -> odnn_epilogue {
      var epilogue = odnn_epilogue()
      epilogue.bias = hasBias
      epilogue.bias_type = type.oneDNN
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
  /// The kernel followed by an element loop over its result, for libraries without epilogues.
  ///
  /// Operands of the whole are this kernel's, then the bias. Numbers of 16 bits are widened for the
  /// loop; the result is rounded once.
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
        + (epilogue.hasBias ? [TensorType(bias, [columns])] : []),
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
    if let activation = epilogue.activation.operation {
      value = append(.element(activation.rawValue, type), [value], type)
    }
    value = converted(value, type, result)
    loop.outputs = [value - loop.inputs.count]
    return followed(
      by: loop.makeKernel(), operands: operands, hasBias: epilogue.hasBias,
      // A product of the result's size is replaced where it lies.
      productBytes: product.byteCount == result.byteCount ? 0 : rows * columns * product.byteCount)
  }

  private func followed(
    by loop: Kernel, operands: Int, hasBias: Bool, productBytes: Int
  ) -> Kernel {
    let inner = self
    let biasCount = hasBias ? 1 : 0
    let reserved = (productBytes + 63) & ~63
    return Kernel("\(implementation) + epilogue", scratchBytes: reserved + scratchBytes) {
      arguments in
      let result = arguments[operands + biasCount]
      let scratch = arguments[operands + biasCount + 1]
      let product = reserved > 0 ? scratch : result
      withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: operands + 2) {
        pointers in
        for index in 0 ..< operands { pointers[index] = arguments[index] }
        pointers[operands] = product
        pointers[operands + 1] = scratch + reserved
        if let base = pointers.baseAddress { inner.body(KernelArguments(base: base)) }
        pointers[0] = product
        pointers[1] = biasCount == 1 ? arguments[operands] : result
        pointers[1 + biasCount] = result
        if let base = pointers.baseAddress { loop.body(KernelArguments(base: base)) }
      }
    }
  }
}

extension Epilogue.Activation {
  /// The activation in the C kernels' numbering.
  fileprivate var operation: ck_op? {
    switch self {
    case .identity: nil
    case .rectifiedLinear: CK_OP_RECTIFIED_LINEAR
    case .hyperbolicTangent: CK_OP_HYPERBOLIC_TANGENT
    case .logistic: CK_OP_LOGISTIC
    }
  }
}
