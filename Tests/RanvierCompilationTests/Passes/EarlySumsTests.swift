import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

struct EarlySumsTests {
  private func names(_ graph: Graph) -> [String] { graph.nodes.map(\.primitive.name) }

  @Test func `a sum follows what it adds up`() {
    let graph = Graph(recording: [TensorType(.float32, [40, 6])]) { x in
      let square = x[0] * x[0]
      let other = sin(x[0])
      return [cos(other), square.sum(alongAxes: [0]), x[0].sum(alongAxes: [0])]
    }
    #expect(names(graph) == ["multiply", "sine", "cosine", "sum", "sum"])
    let early = EarlySums.run(graph)
    #expect(early.verify() == nil)
    // The sum of an input stays where it is.
    #expect(names(early) == ["multiply", "sum", "sine", "cosine", "sum"])
    #expect(EarlySums.run(early).nodes.count == graph.nodes.count)
  }

  @Test func `a sum of a sum stays behind it`() throws {
    let function = { @Sendable (x: [Tensor]) -> [Tensor] in
      let square = x[0] * x[0]
      let first = square.sum(alongAxes: [0])
      return [sin(square), first.sum(alongAxes: [0]), first]
    }
    let early = EarlySums.run(Graph(recording: [TensorType(.float32, [4, 5, 6])], function))
    #expect(early.verify() == nil)
    var generator = TestGenerator(salt: "sums of sums")
    let x = [Tensor.random([4, 5, 6], using: &generator)]
    for (result, exact) in zip(try compile(function)(x), function(x)) {
      expectClose(result, exact, relative: 1e-5)
    }
  }

  @Test func `sums that small steps lie between come from one loop`() {
    let graph = Graph(recording: [
      TensorType(.float32, [100, 200]), TensorType(.float32, [100, 200]),
    ]) { x in
      let product = x[0] * x[1]
      let first = (product * x[1]).sum(alongAxes: [0])
      let scaled = exp(first)
      return [scaled, product.sum(alongAxes: [0])]
    }
    func loops(_ graph: Graph) -> Int {
      Fusion.run(graph).nodes.count { ($0.primitive as? FusedElements)?.loop.columns != nil }
    }
    #expect(loops(EarlySums.run(graph)) == 1)
    #expect(Fusion.run(EarlySums.run(graph)).nodes.count < Fusion.run(graph).nodes.count)
  }
}
