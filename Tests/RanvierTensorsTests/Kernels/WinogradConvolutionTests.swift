import CKernels
import RanvierTensors
import TestSupport
import Testing

/// Convolutions of 3 x 3 in f32, whose kernels multiply less, against those of f64, which other code
/// computes.
@Suite struct WinogradConvolutionTests {
  /// A random convolution that is large enough: odd sizes, margins of -1 to 2.
  private struct Problem {
    let geometry: ConvolutionGeometry
    let input: Tensor
    let kernel: Tensor
    let gradient: Tensor

    init(_ generator: inout TestGenerator) {
      func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
      geometry = ConvolutionGeometry(
        strides: [1, 1], paddingLow: [pick(-1 ... 2), pick(0 ... 2)],
        paddingHigh: [pick(0 ... 2), pick(0 ... 2)], dilation: [1, 1])
      // Threads share kernels of more than about 128 channels.
      let (channels, filters) = (16 * pick(2 ... 11), 16 * pick(2 ... 11))
      input = Tensor.random([2, pick(16 ... 22), pick(16 ... 22), channels], using: &generator)
      kernel = Tensor.random([3, 3, channels, filters], using: &generator)
      gradient = Tensor.random(geometry.outputShape(input.shape, kernel.shape), using: &generator)
    }

    func prepared(
      _ direction: ConvolutionKernel.Direction, epilogue: Epilogue = Epilogue(),
      isKernelConstant: Bool = false
    ) -> Kernel {
      ConvolutionKernel(
        direction, type: .float32, geometry: geometry, input: input.shape, kernel: kernel.shape,
        output: gradient.shape, epilogue: epilogue, isKernelConstant: isKernelConstant
      ).prepared()
    }

    var note: String { "\(input.shape) \(kernel.shape) \(geometry), \(seedNote())" }
  }

  /// What a kernel gives for f32 operands; one that never changes is brought into its order first.
  private static func run(_ kernel: Kernel, _ operands: [Tensor], _ shape: Shape) -> Tensor {
    var storages = operands.map { $0.cast(to: .float32).requiredStorage("test") }
    if let packing = kernel.packing {
      let packed = Storage(byteCount: packing.byteCount)
      packing.pack(storages[packing.operand].address, packed.address)
      storages[packing.operand] = packed
    }
    let result = Storage(byteCount: shape.count * MemoryLayout<Float>.size)
    kernel.run(operands: storages, results: [result])
    return Tensor(TensorType(.float32, shape), storage: result)
  }

  /// Close, as a share of the largest sum of products.
  private static func expectClose(
    _ result: Tensor, _ exact: Tensor, sums: Tensor, _ note: String
  ) {
    let error = abs(result.cast(to: .float64) - exact).max().scalar(as: Double.self)
    let largest = abs(sums).max().scalar(as: Double.self)
    #expect(error <= 3e-5 * largest, "\(error), sums up to \(largest): \(note)")
  }

  @Test func `results are those of plain convolutions`() {
    guard ck_product_is_native() else { return }
    var generator = TestGenerator(salt: "winograd")
    for _ in 0 ..< 12 {
      let problem = Problem(&generator)
      let (input, kernel, geometry) = (problem.input, problem.kernel, problem.geometry)
      let exact: Tensor = apply(Convolution(geometry), [input, kernel])
      let bias = Tensor.random([kernel.shape[-1]], using: &generator)
      let residual = Tensor.random(exact.shape, using: &generator)
      for isConstant in [false, true] {
        let plain = problem.prepared(.forward, isKernelConstant: isConstant)
        #expect(plain.implementation.contains("winograd"), "\(problem.note)")
        Self.expectClose(
          Self.run(plain, [input, kernel], exact.shape), exact, sums: exact, problem.note)
        for (activation, function) in [
          (Epilogue.Activation.rectifiedLinear, { relu($0) }), (.logistic, { sigmoid($0) }),
        ] as [(Epilogue.Activation, (Tensor) -> Tensor)] {
          let whole = problem.prepared(
            .forward,
            epilogue: Epilogue(hasBias: true, hasResidual: true, activation: activation),
            isKernelConstant: isConstant)
          Self.expectClose(
            Self.run(whole, [input, kernel, bias, residual], exact.shape),
            function(exact + bias + residual), sums: exact, problem.note)
        }
      }
      let inputGradient: Tensor = apply(
        ConvolutionInputGradient(geometry, inputShape: input.shape), [problem.gradient, kernel])
      Self.expectClose(
        Self.run(problem.prepared(.inputGradient), [problem.gradient, kernel], input.shape),
        inputGradient, sums: inputGradient, problem.note)
      let kernelGradient: Tensor = apply(
        ConvolutionKernelGradient(geometry, kernelShape: kernel.shape), [input, problem.gradient])
      Self.expectClose(
        Self.run(problem.prepared(.kernelGradient), [input, problem.gradient], kernel.shape),
        kernelGradient, sums: kernelGradient, problem.note)
    }
  }

  @Test func `images do not reach each other, and threads change nothing`() {
    guard ck_product_is_native() else { return }
    var generator = TestGenerator(salt: "winograd images")
    let before = ck_thread_count()
    defer { ck_set_thread_count(before) }
    for _ in 0 ..< 3 {
      let problem = Problem(&generator)
      let shape = problem.gradient.shape
      let clean = Self.run(problem.prepared(.forward), [problem.input, problem.kernel], shape)
      let first = Tensor([Double.nan, 1]).reshaped(to: [2, 1, 1, 1])
      let marked = Self.run(
        problem.prepared(.forward), [problem.input * first, problem.kernel], shape)
      #expect(marked[1] == clean[1])
      let gradient = Self.run(
        problem.prepared(.kernelGradient), [problem.input, problem.gradient], problem.kernel.shape)
      for threads: Int32 in [1, 3] {
        ck_set_thread_count(threads)
        #expect(
          Self.run(problem.prepared(.forward), [problem.input, problem.kernel], shape) == clean)
        #expect(
          Self.run(
            problem.prepared(.kernelGradient), [problem.input, problem.gradient],
            problem.kernel.shape) == gradient)
      }
    }
  }
}
