/// The cotangent of a convolution's kernel.
///
/// Operands: the input and the output's cotangent.
package struct ConvolutionKernelGradient: ExpensivePrimitive {
  package let geometry: ConvolutionGeometry
  package let kernelShape: Shape

  package init(_ geometry: ConvolutionGeometry, kernelShape: Shape) {
    self.geometry = geometry
    self.kernelShape = kernelShape
  }

  package var name: String { "convolution_kernel_gradient" }
  package var description: String { "\(name) to \(kernelShape) \(geometry)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let kernel = TensorType(operands[0].elementType, kernelShape)
    _ = try geometry.check(name, input: operands[0], kernel: kernel, output: operands[1])
    return [kernel]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    let (input, output) = (application.operands[0], application.operands[1])
    return [
      application.ifNeeded(0) {
        apply(
          ConvolutionInputGradient(geometry, inputShape: input.shape),
          [output, application.cotangent])
      },
      application.ifNeeded(1) { apply(Convolution(geometry), [input, application.cotangent]) },
    ]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    var shape = kernelShape
    shape[-1] *= batch.size
    guard batch.isBatched[0] else {
      // One input for all, whose cotangents stand side by side.
      let groups = geometry.groups
      let result: Tensor = apply(
        ConvolutionKernelGradient(geometry, kernelShape: shape),
        [batch.operands[0], batch.operands[1].examplesAsChannels(groups: groups)])
      return [result.channelsAsExamples(batch.size, groups: groups)]
    }
    let result: Tensor = apply(
      ConvolutionKernelGradient(geometry.repeated(batch.size), kernelShape: shape),
      [batch.operands[0].examplesAsChannels(), batch.repeated(1).examplesAsChannels()])
    return [result.channelsAsExamples(batch.size)]
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    var result = ReferenceArray(resultTypes[0]) { _ in 0 }
    geometry.forEachProduct(
      input: operands[0].shape, kernel: kernelShape, output: operands[1].shape
    ) { input, kernel, output in
      result[kernel] += operands[0][input] * operands[1][output]
    }
    return [result]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    kernel(operands).prepared()
  }

  /// The gradient for the libraries and our own kernels.
  package func kernel(_ operands: [TensorType]) -> ConvolutionKernel {
    ConvolutionKernel(
      .kernelGradient, type: operands[0].elementType, geometry: geometry,
      input: operands[0].shape, kernel: kernelShape, output: operands[1].shape)
  }

  package static var samples: [PrimitiveSample] {
    ConvolutionGeometry.sampleCases.map {
      PrimitiveSample(
        ConvolutionKernelGradient($0.geometry, kernelShape: $0.kernel),
        [.init($0.input), .init($0.geometry.outputShape($0.input, $0.kernel))])
    }
  }
}
