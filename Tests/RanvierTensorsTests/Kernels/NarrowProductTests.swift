import RanvierTensors
import TestSupport
import Testing

/// Products and convolutions of 16-bit numbers.
///
/// Operands are exactly what they are in double precision, so that only sums and the store of the
/// result round.
@Suite struct NarrowProductTests {
  /// How far a result may be from the exact one: `f32` sums, then one rounding to 8 or 11 bits.
  private static let tolerances: [ElementType: Double] = [
    .float32: 2e-6, .bfloat16: 0x1.01p-8, .float16: 0x1.01p-11,
  ]

  private static let types: [(operands: ElementType, result: ElementType)] = [
    (.bfloat16, .bfloat16), (.bfloat16, .float32), (.float16, .float16), (.float16, .float32),
  ]

  private func run(_ kernel: Kernel, _ operands: [Tensor], _ result: TensorType) -> Tensor {
    let storage = Storage(byteCount: result.byteCount)
    kernel.run(operands: operands.map { $0.requiredStorage("test") }, results: [storage])
    return Tensor(result, storage: storage)
  }

  private func random(_ shape: Shape, _ type: ElementType, _ generator: inout TestGenerator)
    -> Tensor
  {
    Tensor.random(shape, using: &generator).cast(to: type)
  }

  private func expectClose(
    _ actual: Tensor, _ expected: Tensor, depth: Int, _ comment: String
  ) {
    let tolerance = Self.tolerances[actual.elementType] ?? 0
    // Terms are at most 1, and errors of sums grow with their number.
    TestSupport.expectClose(
      actual, expected, relative: tolerance, absolute: 1e-6 * Double(depth).squareRoot(), comment)
  }

  /// Numbers of products, rows, columns and depths.
  private static let sizes = [
    [1, 64, 48, 300], [6, 17, 33, 20], [1, 1, 5, 3], [1, 130, 10, 1], [2, 4, 3, 0],
  ]

  @Test(arguments: types.indices, sizes)
  func `products are rounded once`(types: Int, numbers: [Int]) {
    let (type, result) = Self.types[types]
    let sizes = MatrixProduct().sizes(
      [numbers[0], numbers[1], numbers[3]], [numbers[0], numbers[3], numbers[2]])
    var generator = TestGenerator(salt: "narrow \(type) \(sizes)")
    for (flipsLeft, flipsRight) in [(false, false), (true, false), (false, true), (true, true)] {
      let left = random(
        flipsLeft
          ? [sizes.batch, sizes.depth, sizes.rows] : [sizes.batch, sizes.rows, sizes.depth],
        type, &generator)
      let right = random(
        flipsRight
          ? [sizes.batch, sizes.columns, sizes.depth] : [sizes.batch, sizes.depth, sizes.columns],
        type, &generator)
      let bias = random([sizes.columns], .float32, &generator)
      let exact: Tensor =
        apply(
          MatrixProduct(transposesLeft: flipsLeft, transposesRight: flipsRight),
          [left.cast(to: .float64), right.cast(to: .float64)])
      let resultType = TensorType(result, exact.shape)
      let note = "\(type) to \(result), \(sizes), \(flipsLeft) \(flipsRight)"
      let plain = ProductKernel(
        type: type, sizes: sizes, transposesLeft: flipsLeft, transposesRight: flipsRight,
        resultType: result)
      expectClose(run(plain.kernel(), [left, right], resultType), exact, depth: sizes.depth, note)
      var biased = plain
      biased.epilogue = Epilogue(hasBias: true, activation: .rectifiedLinear)
      biased.biasType = .float32
      var added = biased
      added.epilogue.hasResidual = true
      let residual = random(exact.shape, result, &generator)
      expectClose(
        run(added.kernel(), [left, right, bias, residual], resultType),
        relu(exact + bias.cast(to: .float64) + residual.cast(to: .float64)), depth: sizes.depth,
        "\(note) with a residual")
      expectClose(
        run(biased.kernel(), [left, right, bias], resultType),
        relu(exact + bias.cast(to: .float64)), depth: sizes.depth, "\(note) with a bias")
    }
  }

  @Test(arguments: types.indices)
  func `convolutions and their gradients are rounded once`(types: Int) throws {
    let (type, result) = Self.types[types]
    var generator = TestGenerator(salt: "narrow convolution \(type)")
    let cases: [(input: Shape, kernel: Shape, strides: [Int], padding: [Int], groups: Int)] = [
      ([2, 9, 9, 16], [3, 3, 16, 32], [1, 1], [1, 1], 1),
      ([2, 12, 11, 3], [7, 7, 3, 8], [2, 2], [3, 3], 1),
      ([1, 6, 6, 8], [1, 1, 8, 4], [2, 2], [0, 0], 1),
      ([2, 7, 7, 6], [3, 3, 1, 6], [1, 1], [1, 1], 6),
      ([2, 7, 5, 6], [3, 3, 3, 4], [1, 2], [0, 1], 2), ([2, 20, 5], [4, 5, 3], [3], [2], 1),
      ([1, 5, 5, 5, 2], [3, 3, 3, 2, 3], [1, 1, 1], [1, 1, 1], 1),
    ]
    for (inputShape, kernelShape, strides, padding, groups) in cases {
      let geometry = ConvolutionGeometry(
        strides: strides, paddingLow: padding, paddingHigh: padding,
        dilation: strides.map { _ in 1 }, groups: groups)
      let outputShape = geometry.outputShape(inputShape, kernelShape)
      let input = random(inputShape, type, &generator)
      let kernel = random(kernelShape, type, &generator)
      let output = random(outputShape, type, &generator)
      func check(
        _ direction: ConvolutionKernel.Direction, _ primitive: any Primitive, _ operands: [Tensor],
        _ depth: Int
      ) {
        let exact: Tensor = apply(primitive, operands.map { $0.cast(to: .float64) })
        let prepared = ConvolutionKernel(
          direction, type: type, geometry: geometry, input: inputShape, kernel: kernelShape,
          output: outputShape, resultType: result
        ).prepared()
        expectClose(
          run(prepared, operands, TensorType(result, exact.shape)), exact, depth: depth,
          "\(direction) of \(inputShape), \(kernelShape): \(prepared.implementation)")
      }
      let window = kernelShape.count / kernelShape[-1]
      let residual = random(outputShape, result, &generator)
      let bias = random([kernelShape[-1]], .float32, &generator)
      let sum = ConvolutionKernel(
        .forward, type: type, geometry: geometry, input: inputShape, kernel: kernelShape,
        output: outputShape,
        epilogue: Epilogue(hasBias: true, hasResidual: true, activation: .rectifiedLinear),
        biasType: .float32, resultType: result
      ).prepared()
      let plain: Tensor = apply(
        Convolution(geometry), [input.cast(to: .float64), kernel.cast(to: .float64)])
      let added = bias.cast(to: .float64) + residual.cast(to: .float64)
      expectClose(
        run(sum, [input, kernel, bias, residual], TensorType(result, outputShape)),
        relu(plain + added), depth: window, "\(inputShape) with a residual: \(sum.implementation)")
      check(.forward, Convolution(geometry), [input, kernel], window)
      check(
        .inputGradient, ConvolutionInputGradient(geometry, inputShape: inputShape),
        [output, kernel], window * kernelShape[-1])
      check(
        .kernelGradient, ConvolutionKernelGradient(geometry, kernelShape: kernelShape),
        [input, output], outputShape.count)
    }
  }

  @Test func `no slow loop of a library is used`() {
    let kernel = ProductKernel(
      type: .bfloat16, sizes: MatrixProduct().sizes([64, 64], [64, 64]),
      transposesLeft: false, transposesRight: false
    ).kernel()
    #expect(!kernel.implementation.contains("ref"), "\(kernel.implementation)")
    #expect(!kernel.implementation.contains("plain"), "\(kernel.implementation)")
  }
}
