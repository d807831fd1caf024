import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct TransposedConvolutionTests {
  @Test func `spreads each element over a window`() {
    let x = Tensor([1.0, 2, 3], shape: [1, 3, 1])
    let kernel = Tensor([1.0, 10, 100], shape: [3, 1, 1])
    func y(_ strides: Int, _ padding: Padding, _ extra: Int = 0, _ dilation: Int = 1) -> [Double] {
      transposedConvolution(
        x, kernel, strides: [strides], padding: padding, outputPadding: [extra],
        dilation: [dilation]
      ).scalars(as: Double.self)
    }
    #expect(y(1, .valid) == [1, 12, 123, 230, 300])
    #expect(y(2, .valid) == [1, 10, 102, 20, 203, 30, 300])
    #expect(y(2, .valid, 1) == [1, 10, 102, 20, 203, 30, 300, 0])
    #expect(y(2, .explicit(1)) == [10, 102, 20, 203, 30])
    #expect(y(2, .explicit(low: [1], high: [0]), 1) == [10, 102, 20, 203, 30, 300, 0])
    #expect(y(1, .same) == [12, 123, 230])
    #expect(y(2, .same) == [1, 10, 102, 20, 203, 30])
    #expect(y(4, .same) == [1, 10, 100, 0, 2, 20, 200, 0, 3, 30, 300, 0])
    #expect(y(1, .valid, 0, 2) == [1, 2, 13, 20, 130, 200, 300])
  }

  @Test func `spreads the reversed kernel if told, as JAX and Axon do`() {
    let x = Tensor([1.0, 2, 3], shape: [1, 3, 1])
    let kernel = Tensor([1.0, 10, 100], shape: [3, 1, 1])
    func y(_ options: (strides: Int, reverses: Bool)) -> [Double] {
      transposedConvolution(
        x, kernel, strides: [options.strides], reversesKernel: options.reverses
      ).scalars(as: Double.self)
    }
    #expect(y((2, false)) == [1, 10, 102, 20, 203, 30, 300])
    #expect(y((2, true)) == [100, 10, 201, 20, 302, 30, 3])
    #expect(y((1, true)) == [100, 210, 321, 32, 3])
    // Axon makes the output as long as that of padding .same where strides exceed the kernel.
    let wide = transposedConvolution(x, kernel, strides: [5], outputPadding: [2])
    #expect(wide.shape == [1, 15, 1])
  }

  /// Random options of one to three axes.
  private func problem(_ round: Int) -> (
    x: Tensor, kernel: Tensor, strides: [Int], padding: Padding, extra: [Int], dilation: [Int],
    groups: Int
  ) {
    var generator = TestGenerator(salt: "transposed convolution \(round)")
    let axes = Int.random(in: 1 ... 3, using: &generator)
    func draw(_ range: ClosedRange<Int>) -> [Int] {
      (0 ..< axes).map { _ in Int.random(in: range, using: &generator) }
    }
    let (strides, dilation) = (draw(1 ... 3), draw(1 ... 2))
    let (size, groups) = (draw(1 ... 3), draw(1 ... 2)[0])
    // Windows that do not overlap may be cut off by one position at most.
    let paddings: [Padding] = [
      .valid, .same, .explicit(low: size.map { min($0 - 1, 1) }, high: size.map { _ in 0 }),
    ]
    let padding = paddings[Int.random(in: 0 ..< 3, using: &generator)]
    let extra = strides.map {
      padding == .same ? 0 : Int.random(in: 0 ..< $0, using: &generator)
    }
    let channels = draw(1 ... 2)[0] * groups
    let x = Tensor.random(Shape([2] + draw(1 ... 3) + [channels]), using: &generator)
    let kernel = Tensor.random(Shape(size + [draw(1 ... 2)[0], channels]), using: &generator)
    return (x, kernel, strides, padding, extra, dilation, groups)
  }

  @Test(arguments: 0 ..< 40)
  func `is the adjoint of the convolution with the same options`(_ round: Int) {
    let (x, kernel, strides, padding, extra, dilation, groups) = problem(round)
    var generator = TestGenerator(salt: "adjoint \(round)")
    let y = transposedConvolution(
      x, kernel, strides: strides, padding: padding, outputPadding: extra, dilation: dilation,
      groups: groups)
    let z = Tensor.random(y.shape, using: &generator)
    let forward = convolution(
      z, kernel, strides: strides, padding: padding, dilation: dilation, groups: groups)
    expectClose(
      (forward * x).sum(), (z * y).sum(), relative: 1e-10, absolute: 1e-10,
      "\(x.shape) \(kernel.shape) \(strides) \(padding) \(extra) \(dilation) \(groups)")
    expectGradientsMatch(at: [x, kernel], absolute: 1e-6, "round \(round)") {
      transposedConvolution(
        $0[0], $0[1], strides: strides, padding: padding, outputPadding: extra,
        dilation: dilation, groups: groups)
    }
  }

  @Test(arguments: 0 ..< 20)
  func `equals the reversed kernel over the spaced input`(_ round: Int) {
    let (x, kernel, strides, _, extra, dilation, groups) = problem(round)
    let axes = strides.count
    let spread = transposedConvolution(
      x, kernel, strides: strides, outputPadding: extra, dilation: dilation, groups: groups)
    let border = (0 ..< axes).map { (kernel.shape[$0] - 1) * dilation[$0] }
    // [size..., outputs / groups, channels] with channels divided into groups, as
    // [size..., channels / groups, outputs].
    let (outputs, channels) = (kernel.shape[-2], kernel.shape[-1])
    let sizes = Array(kernel.shape.sizes[..<axes])
    let order = Array(0 ..< axes) + [axes + 2, axes + 1, axes]
    let flipped = kernel.reversed(alongAxes: Array(0 ..< axes))
      .reshaped(to: Shape(sizes + [outputs, groups, channels / groups]))
      .transposed(permutation: order)
      .reshaped(to: Shape(sizes + [channels / groups, groups * outputs]))
    let sliding = convolution(
      x, flipped,
      padding: .explicit(low: border, high: zip(border, extra).map { $0 + $1 }),
      dilation: dilation, inputDilation: strides, groups: groups)
    expectClose(spread, sliding, relative: 1e-10, absolute: 1e-12, "round \(round)")
  }

  @Test func `adds a bias, promotes types, uses oneDNN in f32`() {
    let key = RandomKey(seed: 3)
    let x = key.normal([2, 8, 8, 16])
    let kernel = key.derived(1).normal([3, 3, 8, 16])
    let single = transposedConvolution(x, kernel, Tensor.ones([8]), strides: [2], padding: .same)
    #expect(single.elementType == .float32 && single.shape == [2, 16, 16, 8])
    let double = transposedConvolution(
      x.cast(to: .float64), kernel, strides: [2], padding: .same)
    #expect(double.elementType == .float64)
    expectClose(single, double + 1, relative: 1e-4, absolute: 1e-4)
  }

  @Test func `says what does not fit`() {
    let x = Tensor.ones([1, 3, 2])
    #expect(
      transposedConvolution(x, Tensor.ones([3, 4, 1])).error?.message
        == """
        transposedConvolution needs spatial axes that are not empty, and a kernel [1 sizes, \
        outputs / groups, channels] whose channels groups divide, got x [1, 3, 2], \
        kernel [3, 4, 1], groups 1
        """)
    let kernel = Tensor.ones([3, 4, 2])
    #expect(transposedConvolution(x, kernel, outputPadding: [1]).error != nil)
    #expect(transposedConvolution(x, kernel, strides: [2], outputPadding: [1]).error == nil)
    #expect(
      transposedConvolution(x, kernel, strides: [2], padding: .same, outputPadding: [1]).error
        != nil)
    #expect(transposedConvolution(x, kernel, padding: .explicit(9)).error != nil)
    #expect(transposedConvolution(x, kernel, Tensor.ones([2])).error != nil)
    #expect(transposedConvolution(x, kernel, groups: 0).error != nil)
    #expect(transposedConvolution(Tensor.ones([2, 3]), kernel).error != nil)
  }
}
