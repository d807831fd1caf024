import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

struct MemoryPlanTests {
  private static let large = TensorType(.float32, [64, 64])

  private func plan(
    _ inputs: [TensorType], donates: Bool = false, _ function: ([Tensor]) -> [Tensor],
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> Plan {
    let graph = Graph(recording: inputs, function)
    let count = donates ? min(inputs.count, graph.outputs.count) : 0
    let plan = Plan(graph, donated: (0 ..< count).map { (input: $0, output: $0) })
    let problems = MemorySimulation.problems(of: plan)
    #expect(problems.isEmpty, "\(problems)\n\(plan)", sourceLocation: sourceLocation)
    return plan
  }

  /// A chain of products, none of which can be fused or done in place.
  private static func products(_ x: Tensor, _ count: Int) -> Tensor {
    (0 ..< count).reduce(x) { y, _ in matmul(y, x) }
  }

  @Test func `intermediates share memory when they do not live together`() {
    let plan = plan([Self.large]) { [Self.products($0[0], 10)] }
    #expect(plan.memory.arenaBytes <= 2 * Self.large.byteCount)
  }

  @Test func `the last result is computed where it is returned`() {
    let plan = plan([Self.large]) { [exp($0[0])] }
    #expect(plan.memory.arenaBytes == 0)
    #expect(plan.memory.copies.isEmpty)
  }

  @Test func `an output replaces its input where nobody reads it any more`() {
    let plan = plan([Self.large, Self.large], donates: true) { [$0[0] * 2 + $0[1], $0[1] * 3] }
    #expect(plan.memory.donations == [0, 1])
  }

  @Test func `blocks are written in place where nobody reads the old elements`() {
    let row = TensorType(.float32, [1, 64])
    let start = TensorType(.int64, [])
    let types = [Self.large, row, start]
    let filled = plan(types, donates: true) { x in
      var y = x[0].updated(with: x[1], at: [x[2], 0])
      y[3] = x[1][0] * 2
      return [y.updated(with: x[1] * 3, at: [x[2] + 5, 0])]
    }
    #expect(filled.memory.donations[0] == 0)
    #expect(filled.memory.arenaBytes < 2 * Self.large.byteCount)
    let inputs = [Tensor.zeros([64, 64]), Tensor.ones([1, 64]), Tensor(Int64(60))]
    let result = filled.results(inputs)[0]
    var expected = Tensor.zeros([64, 64])
    expected[60] = Tensor(Float(1))
    expected[3] = Tensor(Float(2))
    expected[63] = Tensor(Float(3))
    #expect(result == expected)
    // The old elements are still wanted.
    let kept = plan(types, donates: true) { x in
      [x[0].updated(with: x[1], at: [x[2], 0]), x[0] * 2]
    }
    #expect(kept.memory.donations[0] == nil)
  }

  @Test func `an output does not replace an input that is read later`() {
    let types = [Self.large, Self.large]
    // The second product reads the first input after the first output is there.
    let plan = plan(types, donates: true) { x in
      let first = matmul(x[0], x[1])
      return [first, matmul(matmul(first, x[1]), x[0])]
    }
    #expect(plan.memory.donations[0] == nil)
    // A product does not write over what it reads.
    #expect(
      self.plan([Self.large], donates: true) { [matmul($0[0], $0[0])] }.memory.donations == [nil])
  }

  @Test func `an output does not replace an input that is read in another order`() {
    let vector = TensorType(.float32, [64])
    let column = TensorType(.float32, [8, 8])
    let views: [([Tensor]) -> [Tensor]] = [
      { [$0[0] + $0[0].transposed()] },
      { [$0[0] + $0[0].reversed(alongAxes: [0])] },
      { [$0[0] + $0[0].sum(alongAxes: [0])] },
      { [$0[0] * 2 + $0[0][0]] },
    ]
    for view in views {
      let plan = plan([column], donates: true, view)
      var generator = TestGenerator(salt: "order")
      let x = Tensor.random([8, 8], using: &generator).cast(to: .float32)
      let expected = view([x])[0]
      var storages = [x + 0].compactMap(\.concreteStorage)
      let result = Tensor(column, storage: plan.run(&storages)[0])
      expectClose(result, expected)
    }
    _ = vector
  }

  @Test func `inputs that are exchanged are copied`() throws {
    let plan = plan([Self.large, Self.large], donates: true) { [$0[1], $0[0]] }
    #expect(plan.memory.donations == [nil, nil])
    let exchange = compileUpdate { (pair: inout TreePair<Tensor, Tensor>) in
      pair = TreePair(pair.second, pair.first)
      return pair.first
    }
    var pair = TreePair(Tensor([Float(1), 2]) * 1, Tensor([Float(3), 4]) * 1)
    for step in 1 ... 3 {
      let first = try exchange(&pair)
      let expected: [Float] = step % 2 == 1 ? [3, 4] : [1, 2]
      #expect(first.scalars(as: Float.self) == expected)
      #expect(pair.first.scalars(as: Float.self) == expected)
    }
  }

  @Test func `an input that is given back keeps its memory`() {
    let plan = plan([Self.large, Self.large], donates: true) { [$0[0], $0[1] + $0[0]] }
    #expect(plan.memory.donations == [0, 1])
  }

  @Test func `an input that is given back twice is copied`() {
    let plan = plan([Self.large, Self.large], donates: true) { [$0[0], $0[0]] }
    #expect(plan.memory.donations == [nil, nil])
  }

  @Test func `views share the memory of what they view`() throws {
    let plan = plan([Self.large]) { x in
      let y = exp(x[0])
      return [
        y.reshaped(to: [4096]), matmul(y.reshaped(to: [32, 128]), y.reshaped(to: [128, 32])),
      ]
    }
    #expect(plan.memory.arenaBytes == 0)
    let x = RandomKey(seed: 1).normal([64, 64])
    let results = plan.results([x])
    expectClose(results[0], exp(x).flattened())
  }

  @Test func `memory of random programs is safe, with and without donated inputs`() {
    for number in 0 ..< 300 {
      let program = RandomProgram(stepCount: 2 + number % 40, salt: "memory \(number)")
      _ = plan(program.inputs.map(\.type), donates: number % 2 == 0) { program($0) }
    }
  }
}
