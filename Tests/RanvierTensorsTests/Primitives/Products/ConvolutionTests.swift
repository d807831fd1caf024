import RanvierTensors
import TestSupport
import Testing

@Suite struct ConvolutionTests {
  /// A random convolution whose kernel fits.
  private func problem(
    _ generator: inout TestGenerator
  ) -> (geometry: ConvolutionGeometry, input: Shape, kernel: Shape) {
    let axes = Int.random(in: 1 ... 3, using: &generator)
    func draw(_ range: ClosedRange<Int>) -> [Int] {
      (0 ..< axes).map { _ in Int.random(in: range, using: &generator) }
    }
    let groups = Int.random(in: 1 ... 3, using: &generator)
    let geometry = ConvolutionGeometry(
      strides: draw(1 ... 3), paddingLow: draw(0 ... 2), paddingHigh: draw(0 ... 2),
      dilation: draw(1 ... 2), groups: groups)
    let size = draw(1 ... 3)
    let room = draw(0 ... 3)
    let input = (0 ..< axes).map { axis in
      let reach = (size[axis] - 1) * geometry.dilation[axis] + 1
      let padding = geometry.paddingLow[axis] + geometry.paddingHigh[axis]
      return max(1, reach - padding) + room[axis]
    }
    let channels = draw(1 ... 2)[0]
    let outputs = draw(1 ... 2)[0] * groups
    return (
      geometry,
      Shape([Int.random(in: 1 ... 2, using: &generator)] + input + [channels * groups]),
      Shape(size + [channels, outputs])
    )
  }

  /// Forward, and the two gradients as primitives of their own.
  private func samples(_ round: Int) -> [PrimitiveSample] {
    var generator = TestGenerator(salt: "convolution \(round)")
    let (geometry, input, kernel) = problem(&generator)
    let output = geometry.outputShape(input, kernel)
    return [
      PrimitiveSample(Convolution(geometry), [.init(input), .init(kernel)]),
      PrimitiveSample(
        ConvolutionInputGradient(geometry, inputShape: input), [.init(output), .init(kernel)]),
      PrimitiveSample(
        ConvolutionKernelGradient(geometry, kernelShape: kernel), [.init(input), .init(output)]),
    ]
  }

  @Test(arguments: 0 ..< 40)
  func `random geometries equal the reference`(_ round: Int) {
    for sample in samples(round) {
      for type in [ElementType.float64, .float32, .float16] {
        expectMatchesReference(sample, as: type)
      }
    }
  }

  @Test(.tags(.gradient), arguments: 0 ..< 20)
  func `random geometries have derivatives to second order`(_ round: Int) {
    for sample in samples(round) {
      var generator = TestGenerator(salt: "\(sample)")
      let operands = sample.operands.map { Tensor($0, using: &generator) }
      expectGradientsMatch(at: operands, absolute: 1e-6, "\(sample)") {
        applyAll(sample.primitive, $0)[0]
      }
    }
  }

  @Test(arguments: 0 ..< 30)
  func `batches of inputs, of kernels and of both`(_ round: Int) {
    for sample in samples(round) { expectVectorizedMatches(sample) }
  }
}
