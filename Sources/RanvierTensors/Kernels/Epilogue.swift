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

  /// The operands after those of the product: bias, then residual.
  package var operandCount: Int { (hasBias ? 1 : 0) + (hasResidual ? 1 : 0) }

  #if OneDNN
    var oneDNN: odnn_epilogue {
      var epilogue = odnn_epilogue()
      epilogue.bias = hasBias
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
  /// Operands of the whole are this kernel's, then bias and residual.
  func withEpilogue(
    _ epilogue: Epilogue, _ type: ElementType, rows: Int, columns: Int, operands: Int
  ) -> Kernel {
    if epilogue.isEmpty { return self }
    let shape: Shape = [rows, columns]
    var inputs = [TensorType(type, shape)]
    var steps: [ElementLoop.Step] = []
    if epilogue.hasBias {
      inputs.append(TensorType(type, [columns]))
      steps.append(.init(.element(CK_OP_ADD.rawValue, type), operands: [0, 1], resultType: type))
    }
    if epilogue.hasResidual {
      inputs.append(TensorType(type, shape))
      // Steps are numbered after the inputs.
      let sum = steps.isEmpty ? 0 : inputs.count
      steps.append(
        .init(
          .element(CK_OP_ADD.rawValue, type), operands: [sum, inputs.count - 1], resultType: type))
    }
    let activation: ck_op? =
      switch epilogue.activation {
      case .identity: nil
      case .rectifiedLinear: CK_OP_RECTIFIED_LINEAR
      case .hyperbolicTangent: CK_OP_HYPERBOLIC_TANGENT
      case .logistic: CK_OP_LOGISTIC
      }
    if let activation {
      let operand = steps.isEmpty ? 0 : inputs.count + steps.count - 1
      steps.append(
        .init(.element(activation.rawValue, type), operands: [operand], resultType: type))
    }
    let loop = ElementLoop(
      shape: shape, inputs: inputs, steps: steps, outputs: [steps.count - 1]
    ).makeKernel()
    let inner = self
    let added = epilogue.operandCount
    var whole = Kernel("\(implementation) + epilogue", scratchBytes: scratchBytes) { arguments in
      let result = arguments[operands + added]
      let scratch = arguments[operands + added + 1]
      withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: operands + 4) {
        pointers in
        for index in 0 ..< operands { pointers[index] = arguments[index] }
        pointers[operands] = result
        pointers[operands + 1] = scratch
        if let base = pointers.baseAddress { inner.body(KernelArguments(base: base)) }
        pointers[0] = result
        for index in 0 ..< added { pointers[1 + index] = arguments[operands + index] }
        pointers[1 + added] = result
        if let base = pointers.baseAddress { loop.body(KernelArguments(base: base)) }
      }
    }
    whole.packing = packing
    return whole
  }
}
