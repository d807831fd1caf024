import RanvierTensors
import TestSupport
import Testing

/// Products and convolutions with a bias and an activation, against the same in double precision.
@Suite struct EpilogueTests {
  private static let activations: [(Epilogue.Activation, @Sendable (Tensor) -> Tensor)] = [
    (.identity, { $0 }), (.rectifiedLinear, { relu($0) }), (.hyperbolicTangent, { tanh($0) }),
    (.logistic, { sigmoid($0) }),
  ]

  /// Runs a kernel on tensors.
  private func run(_ kernel: Kernel, _ operands: [Tensor], _ result: TensorType) -> Tensor {
    let storage = Storage(byteCount: result.byteCount)
    kernel.run(operands: operands.map { $0.requiredStorage("test") }, results: [storage])
    return Tensor(result, storage: storage)
  }

  private func tolerance(_ type: ElementType) -> Double {
    type == .bfloat16 ? 3e-2 : type == .float16 ? 4e-3 : 1e-5
  }

  @Test(arguments: [ElementType.float32, .float64, .bfloat16, .float16, .int32])
  func `a product's epilogue adds the bias and applies the activation`(_ type: ElementType) {
    var generator = TestGenerator(salt: "epilogue")
    let left = Tensor.random([5, 7], from: -2, to: 2, using: &generator).cast(to: type)
    let right = Tensor.random([7, 3], from: -2, to: 2, using: &generator).cast(to: type)
    let bias = Tensor.random([3], using: &generator).cast(to: type)
    let sizes = MatrixProduct().sizes(left.shape, right.shape)
    let plain = matmul(left.cast(to: .float64), right.cast(to: .float64))
    for (activation, function) in EpilogueTests.activations
    where type.isFloatingPoint || activation == .identity {
      for hasBias in [false, true] {
        let kernel = ProductKernel(
          type: type, sizes: sizes, transposesLeft: false, transposesRight: false,
          epilogue: Epilogue(hasBias: hasBias, activation: activation)
        ).kernel()
        let operands = [left, right] + (hasBias ? [bias] : [])
        expectClose(
          run(kernel, operands, TensorType(type, [5, 3])),
          function(hasBias ? plain + bias.cast(to: .float64) : plain), relative: tolerance(type),
          absolute: tolerance(type), "\(activation), bias \(hasBias)")
      }
    }
  }

  @Test(arguments: [ElementType.float32, .float64, .bfloat16, .float16])
  func `a convolution's epilogue adds the bias and applies the activation`(_ type: ElementType) {
    var generator = TestGenerator(salt: "convolution epilogue")
    let geometry = ConvolutionGeometry(
      strides: [1, 2], paddingLow: [1, 0], paddingHigh: [1, 1], dilation: [1, 1])
    let input = Tensor.random([2, 5, 6, 3], using: &generator).cast(to: type)
    let kernel = Tensor.random([3, 2, 3, 4], using: &generator).cast(to: type)
    let bias = Tensor.random([4], using: &generator).cast(to: type)
    let plain: Tensor = apply(
      Convolution(geometry), [input.cast(to: .float64), kernel.cast(to: .float64)])
    for (activation, function) in EpilogueTests.activations {
      for hasBias in [false, true] {
        let prepared = ConvolutionKernel(
          .forward, type: type, geometry: geometry, input: input.shape, kernel: kernel.shape,
          output: plain.shape, epilogue: Epilogue(hasBias: hasBias, activation: activation)
        ).prepared()
        let operands = [input, kernel] + (hasBias ? [bias] : [])
        expectClose(
          run(prepared, operands, TensorType(type, plain.shape)),
          function(hasBias ? plain + bias.cast(to: .float64) : plain), relative: tolerance(type),
          absolute: tolerance(type), "\(activation), bias \(hasBias)")
      }
    }
  }
}
