import CKernels
import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

/// Convolutions of bf16 that become convolutions of f32.
@Suite struct WideConvolutionsTests {
  private static let geometry = ConvolutionGeometry(
    strides: [1, 1], paddingLow: [1, 1], paddingHigh: [1, 1], dilation: [1, 1])

  /// A convolution in bf16 of images with a kernel of f32, and its gradients.
  @Sendable private static func results(_ x: [Tensor]) -> [Tensor] {
    func convolved(_ x: [Tensor]) -> Tensor {
      apply(Convolution(geometry), [x[0], x[1].cast(to: .bfloat16)]).cast(to: .float32)
    }
    let y = convolved(x)
    let cotangent = sin(Tensor.range(y.count).cast(to: .float32)).reshaped(to: y.shape)
    return [y] + gradient(at: x) { (convolved($0) * cotangent).sum() }
  }

  private static func types(_ images: Int, _ side: Int, _ channels: Int) -> [TensorType] {
    [
      TensorType(.bfloat16, [images, side, side, channels]),
      TensorType(.float32, [3, 3, channels, channels]),
    ]
  }

  /// The types in which the convolutions of a graph compute.
  private static func convolutionTypes(_ types: [TensorType]) -> [ElementType] {
    let graph = WideConvolutions.run(Simplification.run(Graph(recording: types, results)))
    #expect(graph.verify() == nil)
    return graph.nodes.filter {
      $0.primitive is Convolution || $0.primitive is ConvolutionInputGradient
        || $0.primitive is ConvolutionKernelGradient
    }.map { graph.types[Int($0.operands[0])].elementType }
  }

  @Test func `small images of many channels are computed in f32`() {
    guard ck_product_is_native() else { return }
    #expect(Self.convolutionTypes(Self.types(4, 2, 128)) == [.float32, .float32, .float32])
    #expect(Self.convolutionTypes(Self.types(8, 4, 256)) == [.float32, .float32, .float32])
  }

  @Test func `others stay as they are`() {
    let narrow = [ElementType](repeating: .bfloat16, count: 3)
    #expect(Self.convolutionTypes(Self.types(8, 7, 128)) == narrow)
    #expect(Self.convolutionTypes(Self.types(1, 2, 128)) == narrow)
    #expect(Self.convolutionTypes(Self.types(8, 2, 64)) == narrow)
  }

  @Test func `a kernel that was given in bf16 is not widened`() {
    let types = Self.types(8, 2, 128).map { TensorType(.bfloat16, $0.shape) }
    let graph = WideConvolutions.run(
      Graph(recording: types) { [apply(Convolution(Self.geometry), [$0[0], $0[1]])] })
    #expect(graph.nodes.count == 1)
  }

  @Test func `results are those of bf16, with fewer roundings`() throws {
    var generator = TestGenerator(salt: "wide convolutions")
    for (images, side) in [(4, 2), (5, 3), (8, 4)] {
      let types = Self.types(images, side, 128)
      let x = types.map {
        Tensor.random($0.shape, using: &generator).cast(to: $0.elementType)
      }
      let compiled = try compile { (x: [Tensor]) in Self.results(x) }(x)
      let eager = Self.results(x)
      for (index, (result, expected)) in zip(compiled, eager).enumerated() {
        #expect(result.type == expected.type)
        let scale = expected.cast(to: .float64).scalars(as: Double.self).map(abs).max() ?? 1
        expectClose(
          result.cast(to: .float64), expected.cast(to: .float64), relative: 0.02,
          absolute: 0.02 * scale, "\(types), result \(index), \(seedNote())")
      }
    }
  }
}
