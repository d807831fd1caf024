import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

struct EpiloguesTests {
  private static let types = [
    TensorType(.float32, [4, 5]), TensorType(.float32, [5, 3]), TensorType(.float32, [3]),
  ]

  private func check(
    _ expected: [String], of types: [TensorType] = types,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ function: ([Tensor]) -> [Tensor]
  ) {
    let recorded = Graph(recording: types, function)
    let graph = Epilogues.run(Simplification.run(recorded))
    #expect(graph.verify() == nil, sourceLocation: sourceLocation)
    #expect(graph.nodes.map { "\($0.primitive)" } == expected, sourceLocation: sourceLocation)
    var generator = TestGenerator(salt: "epilogues")
    let inputs = types.map { Tensor.random($0.shape, using: &generator).cast(to: $0.elementType) }
    for (result, wanted) in zip(Plan(recorded).results(inputs), function(inputs)) {
      expectClose(result, wanted, sourceLocation: sourceLocation)
    }
  }

  @Test func `a bias and an activation go into the product`() {
    check(["matmul + bias"]) { [matmul($0[0], $0[1]) + $0[2]] }
    check(["matmul + bias"]) { [$0[2] + matmul($0[0], $0[1])] }
    check(["matmul + rectifiedLinear"]) { [relu(matmul($0[0], $0[1]))] }
    check(["matmul + bias + rectifiedLinear"]) { [relu(matmul($0[0], $0[1]) + $0[2])] }
  }

  @Test func `batches of products have epilogues`() {
    let types = [
      TensorType(.float32, [2, 4, 5]), TensorType(.float32, [2, 5, 3]), TensorType(.float32, [3]),
    ]
    check(["matmul + bias + rectifiedLinear"], of: types) { [relu(matmul($0[0], $0[1]) + $0[2])] }
  }

  @Test func `other types keep what their kernels cannot do`() {
    let types = Self.types.map { TensorType(.float64, $0.shape) }
    check(["matmul", "add", "rectified_linear"], of: types) { [relu(matmul($0[0], $0[1]) + $0[2])] }
    check(["matmul + rectifiedLinear"], of: types) { [relu(matmul($0[0], $0[1]))] }
  }

  @Test func `products of 16-bit numbers add a bias that is not rounded, and give f32`() {
    let types = Self.types.map { TensorType(.bfloat16, $0.shape) }
    let check = { (expected: [String], types: [TensorType], function: ([Tensor]) -> [Tensor]) in
      let recorded = Graph(recording: types, function)
      let graph = Epilogues.run(Simplification.run(recorded))
      #expect(graph.nodes.map { "\($0.primitive)" } == expected)
      var generator = TestGenerator(salt: "narrow epilogues")
      let inputs = types.map { Tensor.random($0.shape, using: &generator).cast(to: $0.elementType) }
      let exact = function(inputs.map { $0.cast(to: .float64) })
      for (result, wanted) in zip(Plan(recorded).results(inputs), exact) {
        let tolerance = expected == ["matmul in f32"] ? 1e-6 : 0x1.01p-8
        expectClose(result, wanted, relative: tolerance)
      }
    }
    check(["matmul + bias + rectifiedLinear"], types) { [relu(matmul($0[0], $0[1]) + $0[2])] }
    let master = types.prefix(2) + [Self.types[2]]
    check(["matmul + bias"], Array(master)) { x in
      [matmul(x[0], x[1]) + (x[0].elementType == .bfloat16 ? x[2].cast(to: .bfloat16) : x[2])]
    }
    check(["matmul in f32"], types) { x in
      let product = matmul(x[0], x[1])
      return [product.elementType == .bfloat16 ? product.cast(to: .float32) : product]
    }
    check(["matmul", "cast to f32"], types) { x in
      let product = matmul(x[0], x[1])
      return [product, product.cast(to: .float32)]
    }
  }

  @Test func `a convolution has epilogues`() throws {
    let geometry = ConvolutionGeometry(
      strides: [1, 1], paddingLow: [0, 0], paddingHigh: [0, 0], dilation: [1, 1])
    let types = [
      TensorType(.float32, [2, 5, 5, 3]), TensorType(.float32, [3, 3, 3, 4]),
      TensorType(.float32, [4]),
    ]
    check(["\(Convolution(geometry)) + bias + rectifiedLinear"], of: types) { x in
      [relu(apply(Convolution(geometry), [x[0], x[1]]) + x[2])]
    }
  }

  @Test func `a product that is needed by itself keeps its value`() {
    check(["matmul", "add"]) { x in
      let product = matmul(x[0], x[1])
      return [product, product + x[2]]
    }
    check(["matmul", "add", "exponential"]) { x in
      let product = matmul(x[0], x[1])
      return [product + x[2], exp(product)]
    }
    check(["matmul + bias", "rectified_linear"]) { x in
      let sum = matmul(x[0], x[1]) + x[2]
      return [relu(sum), sum]
    }
    check(["matmul", "add"]) { x in
      let product = matmul(x[0], x[1])
      return [product + product]
    }
  }

  @Test func `a bias that is computed later or has another shape stays outside`() {
    check(["matmul", "sum [0]", "add"]) { x in
      let product = matmul(x[0], x[1])
      return [product + (x[1]).sum(alongAxes: [0])]
    }
    check(["matmul", "add"], of: [Self.types[0], Self.types[1], TensorType(.float32, [4, 1])]) {
      x in
      [matmul(x[0], x[1]) + x[2]]
    }
    check(["matmul", "add"], of: [Self.types[0], Self.types[1], TensorType(.float32, [2, 4, 3])]) {
      x in
      [matmul(x[0], x[1]) + x[2]]
    }
  }

  @Test func `empty products are their bias`() {
    let types = [
      TensorType(.float32, [4, 0]), TensorType(.float32, [0, 3]), TensorType(.float32, [3]),
    ]
    check(["matmul + bias + rectifiedLinear"], of: types) { [relu(matmul($0[0], $0[1]) + $0[2])] }
    let none = [
      TensorType(.float32, [0, 5]), TensorType(.float32, [5, 3]), TensorType(.float32, [3]),
    ]
    check(["matmul + bias + rectifiedLinear"], of: none) { [relu(matmul($0[0], $0[1]) + $0[2])] }
  }

  @Test func `what is not a number stays so through an activation`() throws {
    let function = compile { (x: Tensor, w: Tensor) in relu(matmul(x, w)) }
    let x = Tensor([[Float.nan, 1], [1, 1]])
    let result = try function(x, Tensor.ones([2, 2])).scalars(as: Float.self)
    #expect(result[2...] == [2, 2])
    #expect(result[0].isNaN && result[1].isNaN)
  }
}
