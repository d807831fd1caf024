import RanvierTensors
import TestSupport
import Testing

/// Products and convolutions of f32 large enough for our own kernels, against those of f64, which
/// other code computes.
@Suite struct NativeProductTests {
  private static func operand(_ shape: Shape, _ generator: inout TestGenerator) -> Tensor {
    Tensor.random(shape, using: &generator)
  }

  @Test func `products of all sizes and orders`() {
    var generator = TestGenerator(salt: "native products")
    for _ in 0 ..< 60 {
      let (rows, columns) = (
        Int.random(in: 1 ... 90, using: &generator), Int.random(in: 1 ... 170, using: &generator)
      )
      let deepest = Int.random(in: 0 ..< 8, using: &generator) == 0 ? 1300 : 80
      let depth = Int.random(in: 1 ... deepest, using: &generator)
      let (flipsLeft, flipsRight) =
        (
          Int.random(in: 0 ... 1, using: &generator) == 1,
          Int.random(in: 0 ... 1, using: &generator) == 1
        )
      let batch: [Int] = Int.random(in: 0 ... 1, using: &generator) == 1 ? [3] : []
      let a = Self.operand(
        Shape(batch + (flipsLeft ? [depth, rows] : [rows, depth])), &generator)
      let b = Self.operand(
        Shape(batch + (flipsRight ? [columns, depth] : [depth, columns])), &generator)
      let product = MatrixProduct(transposesLeft: flipsLeft, transposesRight: flipsRight)
      let narrow = apply(product, [a.cast(to: .float32), b.cast(to: .float32)])
      expectClose(
        narrow, apply(product, [a, b]).cast(to: .float32), relative: 1e-4, absolute: 1e-4,
        "\(a.shape) \(b.shape) \(flipsLeft) \(flipsRight), \(seedNote())")
    }
  }

  private static func sizes(
    _ count: Int, _ range: ClosedRange<Int>, _ generator: inout TestGenerator
  ) -> [Int] {
    (0 ..< count).map { _ in Int.random(in: range, using: &generator) }
  }

  @Test func `convolutions of small images`() {
    var generator = TestGenerator(salt: "small images")
    for _ in 0 ..< 12 {
      let side = Int.random(in: 1 ... 5, using: &generator)
      let images = Int.random(in: 4 ... 13, using: &generator)
      let stride = Int.random(in: 1 ... 2, using: &generator)
      let channels = 64 * Int.random(in: 2 ... 5, using: &generator)
      let geometry = ConvolutionGeometry(
        strides: [stride, stride], paddingLow: [1, 1], paddingHigh: [1, 1], dilation: [1, 1])
      let x = Self.operand([images, side, side, channels], &generator)
      let kernel = Self.operand([3, 3, channels, 144], &generator)
      let wide: Tensor = apply(Convolution(geometry), [x, kernel])
      let bias = Self.operand([144], &generator)
      let residual = Self.operand(wide.shape, &generator)
      for isConstant in [false, true] {
        let prepared = ConvolutionKernel(
          .forward, type: .float32, geometry: geometry, input: x.shape, kernel: kernel.shape,
          output: wide.shape,
          epilogue: Epilogue(hasBias: true, hasResidual: true, activation: .hyperbolicTangent),
          isKernelConstant: isConstant
        ).prepared()
        let operands = [x, kernel, bias, residual]
        var storages = operands.map { $0.cast(to: .float32).requiredStorage("test") }
        if let packing = prepared.packing {
          let packed = Storage(byteCount: packing.byteCount)
          packing.pack(storages[1].address, packed.address)
          storages[1] = packed
        }
        let type = TensorType(.float32, wide.shape)
        let result = Storage(byteCount: type.byteCount)
        prepared.run(operands: storages, results: [result])
        expectClose(
          Tensor(type, storage: result), tanh(wide + bias + residual).cast(to: .float32),
          relative: 1e-4, absolute: 2e-4, "\(x.shape) stride \(stride), \(seedNote())")
      }
      let output = Self.operand(wide.shape, &generator)
      let gradient = ConvolutionInputGradient(geometry, inputShape: x.shape)
      expectClose(
        apply(gradient, [output.cast(to: .float32), kernel.cast(to: .float32)]),
        apply(gradient, [output, kernel]).cast(to: .float32), relative: 1e-4, absolute: 2e-4,
        "gradient of \(x.shape) stride \(stride), \(seedNote())")
    }
  }

  @Test func `convolutions and their gradients`() {
    var generator = TestGenerator(salt: "native convolutions")
    for _ in 0 ..< 60 {
      let axes = Int.random(in: 1 ... 2, using: &generator)
      let window = Self.sizes(axes, 1 ... 4, &generator)
      let strides = Self.sizes(axes, 1 ... 2, &generator)
      let low = Self.sizes(axes, 0 ... 2, &generator)
      let high = Self.sizes(axes, 0 ... 2, &generator)
      let input = window.map { $0 + Int.random(in: 0 ... 9, using: &generator) }
      let channels =
        Bool.random(using: &generator)
        ? Int.random(in: 1 ... 3, using: &generator)
        : 16 * Int.random(in: 1 ... 6, using: &generator)
      let filters = 16 * Int.random(in: 2 ... 6, using: &generator)
      let geometry = ConvolutionGeometry(
        strides: strides, paddingLow: low, paddingHigh: high,
        dilation: [Int](repeating: 1, count: axes))
      // Batches of a few images have kernels of their own, as have small images of many channels.
      let images = Int.random(in: 1 ... 9, using: &generator)
      let x = Self.operand(Shape([images] + input + [channels]), &generator)
      let kernel = Self.operand(Shape(window + [channels, filters]), &generator)
      let convolution = Convolution(geometry)
      func results(_ x: Tensor, _ kernel: Tensor) -> [Tensor] {
        let y = apply(convolution, [x, kernel])
        // Gradients with cotangents that differ from element to element.
        let gradients = gradient(at: [x, kernel]) {
          let y = apply(convolution, $0)
          return (y * sin(Tensor.range(y.count, elementType: y.elementType).reshaped(to: y.shape)))
            .sum()
        }
        return [y] + gradients
      }
      let wide = results(x, kernel)
      let narrow = results(x.cast(to: .float32), kernel.cast(to: .float32))
      for (result, expected) in zip(narrow, wide) {
        expectClose(
          result, expected.cast(to: .float32), relative: 1e-4, absolute: 2e-3,
          "\(x.shape) \(kernel.shape) \(geometry), \(seedNote())")
      }
    }
  }
}
