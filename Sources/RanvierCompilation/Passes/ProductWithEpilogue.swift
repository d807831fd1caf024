package import RanvierTensors

/// A matrix product or convolution, then a bias, a residual and an activation, stored as the operands' type or
/// as `f32`.
package struct ProductWithEpilogue: Primitive {
  /// A ``MatrixProduct`` or ``Convolution``, or without bias and activation a convolution's gradient.
  package let product: any Primitive
  package let epilogue: Epilogue
  /// Whether operands of 16 bits give `f32`.
  package let widens: Bool

  package init(product: any Primitive, epilogue: Epilogue, widens: Bool = false) {
    self.product = product
    self.epilogue = epilogue
    self.widens = widens
  }

  package var name: String { product.name }
  package var description: String {
    "\(product)" + (epilogue.hasBias ? " + bias" : "")
      + (epilogue.hasResidual ? " + residual" : "")
      + (epilogue.activation == .identity ? "" : " + \(epilogue.activation)")
      + (widens ? " in f32" : "")
  }

  package static func == (first: Self, second: Self) -> Bool {
    first.epilogue == second.epilogue && first.widens == second.widens
      && first.product.isEqual(to: second.product)
  }

  package func hash(into hasher: inout Hasher) {
    product.hash(into: &hasher)
    hasher.combine(epilogue)
    hasher.combine(widens)
  }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let types = try product.resultTypes(of: Array(operands.prefix(2)))
    return widens ? types.map { TensorType(.float32, $0.shape) } : types
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    fatalError("epilogues are made after derivatives")
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    fatalError("batches are formed before a plan is made")
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    var results = product.evaluate(Array(operands.prefix(2)), resultTypes)
    for operand in operands.dropFirst(2) {
      results = Add().evaluate([results[0], operand], resultTypes)
    }
    if let activation { results = activation.evaluate(results, resultTypes) }
    return results
  }

  private var activation: (any Primitive)? {
    switch epilogue.activation {
    case .identity: nil
    case .rectifiedLinear: RectifiedLinear()
    case .hyperbolicTangent: HyperbolicTangent()
    case .logistic: Logistic()
    }
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    makeKernel(operands, results, constants: [])
  }

  package func makeKernel(
    _ operands: [TensorType], _ results: [TensorType], constants: Set<Int>
  ) -> Kernel {
    let (left, right) = (operands[0].shape, operands[1].shape)
    let type = operands[0].elementType
    let biasType = epilogue.hasBias ? operands[2].elementType : nil
    func convolution(
      _ direction: ConvolutionKernel.Direction, _ geometry: ConvolutionGeometry, input: Shape,
      kernel: Shape, output: Shape
    ) -> Kernel {
      ConvolutionKernel(
        direction, type: type, geometry: geometry, input: input, kernel: kernel, output: output,
        epilogue: epilogue, biasType: biasType, resultType: results[0].elementType,
        isKernelConstant: direction == .forward && constants.contains(1)
      ).prepared()
    }
    switch product {
    case let product as MatrixProduct:
      return ProductKernel(
        type: type, sizes: product.sizes(left, right), transposesLeft: product.transposesLeft,
        transposesRight: product.transposesRight, epilogue: epilogue, biasType: biasType,
        resultType: results[0].elementType, isRightConstant: constants.contains(1)
      ).kernel()
    case let product as Convolution:
      return convolution(
        .forward, product.geometry, input: left, kernel: right, output: results[0].shape)
    case let product as ConvolutionInputGradient:
      return convolution(
        .inputGradient, product.geometry, input: results[0].shape, kernel: right, output: left)
    case let product as ConvolutionKernelGradient:
      return convolution(
        .kernelGradient, product.geometry, input: left, kernel: results[0].shape, output: right)
    default: fatalError("\(product) has no epilogues")
    }
  }

  package static var samples: [PrimitiveSample] {
    let activations: [Epilogue.Activation] = [
      .identity, .rectifiedLinear, .hyperbolicTangent, .logistic,
    ]
    func sample(
      _ epilogue: Epilogue, _ type: ElementType = .float64, bias: ElementType = .float64,
      widens: Bool = false
    ) -> PrimitiveSample {
      let vector = PrimitiveSample.Operand([3], .uniform(-1, 1), bias)
      return PrimitiveSample(
        ProductWithEpilogue(product: MatrixProduct(), epilogue: epilogue, widens: widens),
        [.init([5, 4], .uniform(-1, 1), type), .init([4, 3], .uniform(-1, 1), type)]
          + (epilogue.hasBias ? [vector] : [])
          + (epilogue.hasResidual ? [.init([5, 3], .uniform(-1, 1), type)] : []),
        isDifferentiable: false)
    }
    return activations.flatMap {
      [
        sample(Epilogue(hasBias: true, activation: $0)),
        sample(Epilogue(hasBias: true, hasResidual: true, activation: $0)),
        sample(Epilogue(hasResidual: true, activation: $0)),
        sample(
          Epilogue(hasBias: true, hasResidual: true, activation: $0), .bfloat16, bias: .float32),
        sample(Epilogue(hasBias: true, activation: $0), .bfloat16, bias: .float32, widens: true),
      ]
    }
  }
}
