/// Convolution (cross-correlation) over 1 to 3 spatial axes, channels last.
///
/// `output[n, t, o] = sum over k, c of input[n, t * stride - padding + k * dilation, c] * kernel[k,
/// c, o]`
///
/// - Shapes: input `[batch, spatial..., channels]`, kernel `[size..., channels / groups, outputs]`,
///   result `[batch, spatial..., outputs]`.
package struct Convolution: ExpensivePrimitive {
  package let geometry: ConvolutionGeometry

  package init(_ geometry: ConvolutionGeometry) { self.geometry = geometry }

  package var name: String { "convolution" }
  package var description: String { "convolution \(geometry)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let shape = try geometry.check(spelling, input: operands[0], kernel: operands[1])
    return [TensorType(operands[0].elementType, shape)]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    let (input, kernel) = (application.operands[0], application.operands[1])
    return [
      application.ifNeeded(0) {
        apply(
          ConvolutionInputGradient(geometry, inputShape: input.shape),
          [application.cotangent, kernel])
      },
      application.ifNeeded(1) {
        apply(
          ConvolutionKernelGradient(geometry, kernelShape: kernel.shape),
          [input, application.cotangent])
      },
    ]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    let (input, kernel) = (batch.operands[0], batch.operands[1])
    guard batch.isBatched[1] else {
      let result: Tensor = apply(self, [input.joiningExamples(), kernel])
      return [result.separatingExamples(batch.size)]
    }
    guard batch.isBatched[0] else {
      // One input for all kernels, which give outputs side by side.
      let groups = geometry.groups
      let result: Tensor = apply(self, [input, kernel.examplesAsChannels(groups: groups)])
      return [result.channelsAsExamples(batch.size, groups: groups)]
    }
    let result: Tensor = apply(
      Convolution(geometry.repeated(batch.size)),
      [input.examplesAsChannels(), kernel.examplesAsChannels()])
    return [result.channelsAsExamples(batch.size)]
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    var result = ReferenceArray(resultTypes[0]) { _ in 0 }
    geometry.forEachProduct(
      input: operands[0].shape, kernel: operands[1].shape, output: result.shape
    ) { input, kernel, output in
      result[output] += operands[0][input] * operands[1][kernel]
    }
    return [result]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    makeKernel(operands, results, constants: [])
  }

  package func makeKernel(
    _ operands: [TensorType], _ results: [TensorType], constants: Set<Int>
  ) -> Kernel {
    var kernel = kernel(operands, results)
    kernel.isKernelConstant = constants.contains(1)
    return kernel.prepared()
  }

  /// The convolution for the libraries and our own kernels.
  package func kernel(_ operands: [TensorType], _ results: [TensorType]) -> ConvolutionKernel {
    ConvolutionKernel(
      .forward, type: operands[0].elementType, geometry: geometry, input: operands[0].shape,
      kernel: operands[1].shape, output: results[0].shape)
  }

  package static var samples: [PrimitiveSample] {
    ConvolutionGeometry.sampleCases.map {
      PrimitiveSample(Convolution($0.geometry), [.init($0.input), .init($0.kernel)])
    }
  }
}

extension ConvolutionGeometry {
  /// Calls a closure with the indices of every product of a convolution: input, kernel, output.
  func forEachProduct(
    input: Shape, kernel: Shape, output: Shape, _ body: ([Int], [Int], [Int]) -> Void
  ) {
    let groupChannels = kernel[-2]
    let groupOutputs = kernel[-1] / groups
    for outputIndex in output.indices {
      let group = outputIndex[axes + 1] / Swift.max(1, groupOutputs)
      for position in Shape(Array(kernel.sizes[..<axes])).indices {
        let source = (0 ..< axes).map { axis in
          let start = outputIndex[axis + 1] * strides[axis] - paddingLow[axis]
          return start + position[axis] * dilation[axis]
        }
        guard source.indices.allSatisfy({ 0 <= source[$0] && source[$0] < input[$0 + 1] }) else {
          continue
        }
        for channel in 0 ..< groupChannels {
          body(
            [outputIndex[0]] + source + [group * groupChannels + channel],
            position + [channel, outputIndex[axes + 1]], outputIndex)
        }
      }
    }
  }
}
