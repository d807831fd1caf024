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
    var oneDNN: odnn_epilogue {
      var epilogue = odnn_epilogue()
      epilogue.bias = hasBias
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
  /// Operands of the whole are this kernel's, then the bias.
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
    let activation: ck_op? =
      switch epilogue.activation {
      case .identity: nil
      case .rectifiedLinear: CK_OP_RECTIFIED_LINEAR
      case .hyperbolicTangent: CK_OP_HYPERBOLIC_TANGENT
      case .logistic: CK_OP_LOGISTIC
      }
    if let activation {
      let operand = steps.isEmpty ? 0 : inputs.count
      steps.append(
        .init(.element(activation.rawValue, type), operands: [operand], resultType: type))
    }
    let loop = ElementLoop(
      shape: shape, inputs: inputs, steps: steps, outputs: [steps.count - 1]
    ).makeKernel()
    let inner = self
    let biasCount = epilogue.hasBias ? 1 : 0
    return Kernel("\(implementation) + epilogue", scratchBytes: scratchBytes) { arguments in
      let result = arguments[operands + biasCount]
      let scratch = arguments[operands + biasCount + 1]
      withUnsafeTemporaryAllocation(of: UnsafeMutableRawPointer.self, capacity: operands + 2) {
        pointers in
        for index in 0 ..< operands { pointers[index] = arguments[index] }
        pointers[operands] = result
        pointers[operands + 1] = scratch
        if let base = pointers.baseAddress { inner.body(KernelArguments(base: base)) }
        pointers[0] = result
        pointers[1] = biasCount == 1 ? arguments[operands] : result
        pointers[1 + biasCount] = result
        if let base = pointers.baseAddress { loop.body(KernelArguments(base: base)) }
      }
    }
  }
}
