import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

@Suite struct OrderingTests {
  private static let type = TensorType(.float32, [32, 32])

  private func names(_ function: ([Tensor]) -> [Tensor]) -> [String] {
    let graph = Ordering.run(Graph(recording: [Self.type, Self.type], function))
    #expect(graph.verify() == nil)
    return graph.nodes.map(\.primitive.name)
  }

  @Test func `an update follows its gradient`() {
    let names = names { x in
      let gradients = x.map { matmul($0, $0) }
      return zip(x, gradients).map { $0 - $1 }
    }
    #expect(names == ["matmul", "subtract", "matmul", "subtract"])
  }

  @Test func `an update waits for whoever reads what it replaces`() {
    let names = names { x in
      let gradients = [matmul(x[0], x[0]), matmul(x[1], x[0])]
      return zip(x, gradients).map { $0 - $1 }
    }
    #expect(names == ["matmul", "matmul", "subtract", "subtract"])
  }
}
