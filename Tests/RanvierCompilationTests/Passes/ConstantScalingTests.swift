import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

struct ConstantScalingTests {
  private static let key = RandomKey(seed: 5)
  private static let weights = key.derived("w").normal([5, 3])
  private static let scale = key.derived("s").normal([3])
  private static let shift = key.derived("b").normal([3])
  private static let geometry = ConvolutionGeometry(
    strides: [1, 1], paddingLow: [1, 1], paddingHigh: [1, 1], dilation: [1, 1])
  private static let kernel = key.derived("k").normal([3, 3, 2, 3])

  /// The nodes that are left; the plan gives what the function gives.
  private func check(
    _ expected: [String], _ type: TensorType = TensorType(.float32, [4, 5]),
    sourceLocation: SourceLocation = #_sourceLocation, _ function: (Tensor) -> Tensor
  ) {
    let recorded = Graph(recording: [type]) { [function($0[0])] }
    let graph = ConstantScaling.run(Simplification.run(recorded))
    #expect(graph.verify() == nil, sourceLocation: sourceLocation)
    #expect(graph.nodes.map(\.primitive.name) == expected, sourceLocation: sourceLocation)
    let x = Self.key.derived("x").normal(type.shape, elementType: type.elementType)
    expectClose(
      Plan(recorded).results([x])[0], function(x), relative: 1e-5, absolute: 1e-5,
      sourceLocation: sourceLocation)
  }

  @Test func `factors and summands of columns go into constant weights`() {
    check(["matmul", "add"]) { matmul($0, Self.weights) * Self.scale + Self.shift }
    check(["matmul", "add"]) { (matmul($0, Self.weights) - Self.shift) / Self.scale }
    check(["matmul", "add"]) { Self.shift + (matmul($0, Self.weights) + Self.shift) * 2 }
    check(["matmul"]) { 3 * matmul($0, Self.weights) * Self.scale }
  }

  @Test func `transposed weights are scaled along their rows`() {
    let transposed = Self.weights.transposed()
    check(["matmul"]) { matmul($0, transposed.transposed()) * Self.scale }
  }

  @Test func `a batch normalization becomes part of the convolution`() {
    let variance = abs(Self.shift) + 0.5
    check(["convolution", "add"], TensorType(.float32, [2, 5, 4, 2])) { x in
      let y = apply(Convolution(Self.geometry), [x, Self.kernel])
      return (y - Self.shift) * (rsqrt(variance + 1e-5) * Self.scale) + Self.shift
    }
  }

  @Test func `what is not a constant of columns stays`() {
    let rows = Self.key.derived("rows").normal([4, 1])
    check(["matmul", "multiply"]) { matmul($0, Self.weights) * rows }
    check(["matmul", "subtract"]) { Self.shift - matmul($0, Self.weights) }
    check(["matmul", "divide"]) { Self.shift / matmul($0, Self.weights) }
    // One summand is an epilogue already.
    check(["matmul", "add"]) { matmul($0, Self.weights) + Self.shift }
    // The product itself is needed.
    check(["matmul", "multiply", "add"]) {
      let y = matmul($0, Self.weights)
      return y * Self.scale + y
    }
  }

  @Test func `weights that are not constant are left alone`() {
    let types = [TensorType(.float32, [4, 5]), TensorType(.float32, [5, 3])]
    let graph = Graph(recording: types) { [matmul($0[0], $0[1]) * Self.scale] }
    #expect(ConstantScaling.run(graph).nodes.map(\.primitive.name) == ["matmul", "multiply"])
  }
}
