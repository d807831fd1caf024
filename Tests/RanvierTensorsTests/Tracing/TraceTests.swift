import RanvierTensors
import TestSupport
import Testing

@Suite struct TraceTests {
  /// Records a function of tensors of given types.
  private func recording(
    _ types: [TensorType], _ function: ([Tensor]) -> [Tensor]
  ) -> (graph: Graph, results: [Tensor]) {
    let trace = Trace(computes: false)
    let results = Trace.$current.withValue(trace) { function(types.map { trace.input($0) }) }
    return (trace.close(), results)
  }

  @Test func `operations on recorded tensors are recorded, others run at once`() {
    let trace = Trace(computes: false)
    let x = trace.input(TensorType(.float32, [2]))
    let constant = Tensor([Float(1), 2]) * 3
    let y = trace.withScope("layer") { tanh(x * constant) }
    #expect(constant.isConcrete && !y.isConcrete)
    #expect(y.type == TensorType(.float32, [2]))
    #expect(
      trace.close().description == """
        %0: f32[2] = input 0
        %1: f32[2] = constant
        %2: f32[2] = multiply %0, %1   // layer
        %3: f32[2] = hyperbolic_tangent %2   // layer
        return\u{20}
        """)
  }

  @Test func `a captured tensor becomes one constant`() {
    let constant = Tensor([Float(1), 2])
    let (graph, _) = recording([TensorType(.float32, [2])]) { [$0[0] * constant + constant] }
    #expect(graph.valueCount == 4)
  }

  @Test func `derivatives are recorded in the same recording`() {
    let (graph, results) = recording([TensorType(.float32, [3])]) { x in
      [gradient(at: x[0]) { ($0 * $0).sum() }]
    }
    #expect(results[0].type == TensorType(.float32, [3]))
    #expect(graph.nodes.filter { $0.primitive.name == "multiply" }.count == 3)
  }

  @Test func `derivatives keep the scopes of what they differentiate`() {
    let (graph, _) = recording([TensorType(.float32, [3])]) { x in
      [
        gradient(at: x[0]) { x in
          Trace.current?.withScope("layer") { sin(x) }.sum() ?? x
        }
      ]
    }
    let cosine = graph.nodes.first { $0.primitive.name == "cosine" }
    #expect(cosine.map { graph.scopes[Int($0.scope)] } == "layer")
  }

  @Test func `scopes of the graph are restored, also by errors`() {
    struct Stop: Error {}
    let trace = Trace(computes: false)
    let x = trace.input(TensorType(.float32, []))
    try? trace.withScope("outer") { throw Stop() }
    _ = x + 1
    let graph = trace.close()
    #expect(graph.nodes.allSatisfy { $0.scope == 0 })
  }

  @Test func `results have their operands before them`() {
    let (graph, _) = recording([TensorType(.float64, [4, 4])]) { x in
      [gradient(at: x[0]) { x in matmul(x, x).max(alongAxes: [0]).sum() }]
    }
    for node in graph.nodes {
      #expect(node.operands.allSatisfy { $0 < node.firstResult })
      for result in node.results {
        #expect(graph.node(of: result)?.firstResult == node.firstResult)
      }
    }
  }

  @Test func `values kept after a compilation are of no use`() {
    let (_, results) = recording([TensorType(.float32, [2])]) { [$0[0] + 1] }
    #expect(
      (results[0] * 2).error?.message
        == "* needs values that are still in use, got a f32[2] that was kept from a function after its compilation; return the value from the compiled function instead"
    )
  }

  @Test func `values of two recordings do not mix`() {
    let first = Trace(computes: false).input(TensorType(.float32, [2]))
    let second = Trace(computes: false).input(TensorType(.float32, [2]))
    #expect(
      (first + second).error?.got
        == "operands recorded by two functions that are being compiled separately")
  }

  @Test func `errors appear while recording`() {
    let (_, results) = recording([TensorType(.float32, [2])]) { [$0[0] + Tensor([1.0, 2, 3])] }
    #expect(results[0].error?.operation == "+")
  }
}
