import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

struct RematerializationTests {
  private static let shape: Shape = [64, 512]
  private static let types = [
    TensorType(.float32, shape), TensorType(.float32, [512]), TensorType(.float32, [512, 32]),
  ]

  /// The plan's nodes with and without the pass, after checking that results are the same bits.
  private func nodes(
    _ function: @escaping @Sendable ([Tensor]) -> [Tensor]
  ) throws -> (with: [Graph.Node], without: [Graph.Node]) {
    let graph = Simplification.run(Graph(recording: Self.types, function))
    let rewritten = Rematerialization.run(graph)
    #expect(rewritten.verify() == nil)
    var generator = TestGenerator(salt: "rematerialization")
    let x = Self.types.map { Tensor.random($0.shape, using: &generator) }
    #expect(try compile(function)(x) == function(x))
    return (Fusion.run(rewritten).nodes, Fusion.run(graph).nodes)
  }

  @Test func `what is a step away is computed again instead of written`() throws {
    // Two regions over the same elements, with a product between them.
    let function = { @Sendable (x: [Tensor]) -> [Tensor] in
      let centered = x[0] - x[1]
      let first = exp(centered)
      let total = matmul(first, x[2]).sum()
      return [centered * total + first]
    }
    let (with, without) = try nodes(function)
    func writes(_ nodes: [Graph.Node]) -> Int {
      nodes.reduce(0) { $0 + (($1.primitive as? FusedElements)?.written.count ?? 1) }
    }
    #expect(writes(with) == writes(without) - 1, "\(with) \(without)")
  }

  @Test func `what takes long, is wanted anyway or reads more stays`() throws {
    let functions: [@Sendable ([Tensor]) -> [Tensor]] = [
      // An exponential.
      { x in
        let value = exp(x[0])
        return [value * matmul(sin(value), x[2]).sum()]
      },
      // A result.
      { x in
        let value = x[0] - x[1]
        return [value * matmul(sin(value), x[2]).sum(), value]
      },
      // Read by the product as well.
      { x in
        let value = x[0] - x[1]
        return [value * matmul(value, x[2]).sum() + sin(value)]
      },
      // Two operands of the same size in place of one.
      { x in
        let value = x[0] - x[0].reversed(alongAxes: [0])
        return [value * matmul(sin(value), x[2]).sum()]
      },
    ]
    for function in functions {
      let (with, without) = try nodes(function)
      #expect(with.map { "\($0.primitive)" } == without.map { "\($0.primitive)" })
    }
  }

  @Test func `a normalization and its derivative write results only`() throws {
    let types = [
      TensorType(.float32, [256, 128]), TensorType(.float32, [128]),
      TensorType(.float32, [256, 128]),
    ]
    let function = { @Sendable (x: [Tensor]) -> [Tensor] in
      let (value, pullback) = valueWithPullback(at: [x[0], x[1]]) { x in
        let centered = x[0] - x[0].mean(alongAxes: [1], keepingAxes: true)
        return centered * rsqrt(square(centered).mean(alongAxes: [1], keepingAxes: true)) * x[1]
      }
      return [value] + pullback(x[2])
    }
    let graph = Simplification.run(Graph(recording: types, function))
    let plan = Fusion.run(Rematerialization.run(EarlySums.run(graph)))
    let large = (0 ..< plan.valueCount).count { value in
      if case .node = plan.sources[value] {
        plan.types[value].shape == types[0].shape
      } else {
        false
      }
    }
    #expect(large == 2, "\(plan)")
    var generator = TestGenerator(salt: "normalization")
    let x = types.map { Tensor.random($0.shape, using: &generator) }
    for (result, exact) in zip(try compile(function)(x), function(x)) {
      expectClose(result, exact, relative: 1e-4, absolute: 1e-4)
    }
  }
}
