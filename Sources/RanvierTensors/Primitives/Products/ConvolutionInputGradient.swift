/// The cotangent of a convolution's input: also known as transposed convolution.
///
/// Operands: the output's cotangent and the kernel.
package struct ConvolutionInputGradient: ExpensivePrimitive {
  package let geometry: ConvolutionGeometry
  package let inputShape: Shape

  package init(_ geometry: ConvolutionGeometry, inputShape: Shape) {
    self.geometry = geometry
    self.inputShape = inputShape
  }

  package var name: String { "convolution_input_gradient" }
  package var description: String { "\(name) to \(inputShape) \(geometry)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let input = TensorType(operands[0].elementType, inputShape)
    _ = try geometry.check("convTranspose", input: input, kernel: operands[1], output: operands[0])
    return [input]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    let (output, kernel) = (application.operands[0], application.operands[1])
    return [
      application.ifNeeded(0) { apply(Convolution(geometry), [application.cotangent, kernel]) },
      application.ifNeeded(1) {
        apply(
          ConvolutionKernelGradient(geometry, kernelShape: kernel.shape),
          [application.cotangent, output])
      },
    ]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    var shape = inputShape
    guard batch.isBatched[1] else {
      shape[0] *= batch.size
      let result: Tensor = apply(
        ConvolutionInputGradient(geometry, inputShape: shape),
        [batch.operands[0].joiningExamples(), batch.operands[1]])
      return [result.separatingExamples(batch.size)]
    }
    shape[-1] *= batch.size
    let result: Tensor = apply(
      ConvolutionInputGradient(geometry.repeated(batch.size), inputShape: shape),
      [batch.repeated(0).examplesAsChannels(), batch.operands[1].examplesAsChannels()])
    return [result.channelsAsExamples(batch.size)]
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    var result = ReferenceArray(resultTypes[0]) { _ in 0 }
    geometry.forEachProduct(
      input: inputShape, kernel: operands[1].shape, output: operands[0].shape
    ) { input, kernel, output in
      result[input] += operands[0][output] * operands[1][kernel]
    }
    return [result]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    kernel(operands).prepared()
  }

  /// The gradient for the libraries and our own kernels.
  package func kernel(_ operands: [TensorType]) -> ConvolutionKernel {
    ConvolutionKernel(
      .inputGradient, type: operands[0].elementType, geometry: geometry, input: inputShape,
      kernel: operands[1].shape, output: operands[0].shape)
  }

  package static var samples: [PrimitiveSample] {
    ConvolutionGeometry.sampleCases.map {
      PrimitiveSample(
        ConvolutionInputGradient($0.geometry, inputShape: $0.input),
        [.init($0.geometry.outputShape($0.input, $0.kernel)), .init($0.kernel)])
    }
  }
}

extension ConvolutionGeometry {
  /// The output's shape for sizes that are known to fit.
  package func outputShape(_ input: Shape, _ kernel: Shape) -> Shape {
    Shape(
      [input[0]]
        + (0 ..< axes).map { outputSize(input[$0 + 1], kernel: kernel[$0], axis: $0) }
        + [kernel[-1]])
  }
}
