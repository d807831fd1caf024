import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

@Suite(.tags(.slow)) struct PassListTests {
  /// All passes, and the list without each of them in turn, and without any.
  private static let lists: [(note: String, list: PassList)] = {
    let all = PassList.all
    let smaller = all.optionalNames.map { name in
      ("without \(name)", all.without([name]) ?? all)
    }
    return [("all passes", all)] + smaller + [("no passes", all.without(all.optionalNames) ?? all)]
  }()

  /// Compiles with each list, verifying the graph after every pass, and compares what plans give.
  private func expectSameResults(
    _ graph: Graph, _ inputs: [Tensor], _ expected: [Tensor], _ tolerance: Double,
    _ note: @autoclosure () -> String
  ) {
    for (name, list) in Self.lists {
      _ = list.run(graph) { pass, result in
        if let problem = result.verify() {
          Issue.record("\(name), after \(pass.name): \(problem)\n\(result)\nof \(note())")
        }
      }
      let plan = Plan(graph, passes: list)
      let results = plan.results(inputs)
      #expect(results.count == expected.count, "\(name)\n\(note())")
      for (index, (result, wanted)) in zip(results, expected).enumerated() {
        expectClose(
          result, wanted, relative: tolerance, absolute: tolerance,
          "\(name), result \(index) of\n\(note())\n\(plan)")
      }
    }
  }

  @Test func `the list names its passes once, and knows no other names`() {
    let names = PassList.all.names
    #expect(Set(names).count == names.count)
    #expect(PassList.all.without(["fusion"])?.names == names.filter { $0 != "fusion" })
    #expect(PassList.all.without(["fusoin"]) == nil)
    #expect(PassList.all.without(["dead-code"]) == nil)
    #expect(names.filter { !PassList.all.optionalNames.contains($0) } == ["dead-code"])
    let counts = Self.lists.map(\.list.passes.count)
    #expect(counts == [names.count] + names.dropFirst().map { _ in names.count - 1 } + [1])
  }

  @Test(arguments: [ElementType.float64, .float32])
  func `random programs give the same without any one pass`(type: ElementType) {
    let tolerance = type == .float64 ? 1e-8 : 2e-3
    for number in 0 ..< 60 {
      let program = RandomProgram(
        stepCount: 4 + number % 37, elementType: type, salt: "passes \(type) \(number)")
      let graph = Graph(recording: program.inputs.map(\.type)) { program($0) }
      expectSameResults(graph, program.inputs, program(program.inputs), tolerance, "\(program)")
    }
  }

  @Test func `gradients of random programs are the same without any one pass`() {
    for number in 0 ..< 40 {
      let program = RandomProgram(
        stepCount: 3 + number % 20, hasRandomBits: false, salt: "passes gradient \(number)")
      func derivatives(_ x: [Tensor]) -> [Tensor] {
        let result = valueWithGradient(at: x) { program.total($0) }
        return [result.value] + result.gradient
      }
      let graph = Graph(recording: program.inputs.map(\.type), derivatives)
      expectSameResults(graph, program.inputs, derivatives(program.inputs), 1e-7, "\(program)")
    }
  }

  @Test func `what nothing uses any more is no part of a loop`() {
    // The barrier alone reads the exponential, whose copy nothing reads.
    let plan = Plan(
      Graph(recording: [TensorType(.float64, [4])]) { x in
        let values = applyAll(Barrier(count: 2), [exp(x[0]), sin(x[0])])
        return [values[1] + sin(values[1])]
      })
    let x = Tensor([0.1, 0.2, 0.3, 0.4])
    expectClose(plan.results([x])[0], sin(x) + sin(sin(x)), relative: 1e-12)
    #expect(!"\(plan)".contains("exponential"), "\(plan)")
  }

  /// What random programs do not have: rules of derivatives, recomputation, loops with products,
  /// whose gradients are sums over their steps, and constant weights.
  @Test func `a recurrent network is the same without any one pass`() {
    let key = RandomKey(seed: 4)
    let inputs = [
      key.derived("x").normal([5, 3, 4], elementType: .float64),
      key.derived("w").normal([4, 6], elementType: .float64),
      key.derived("r").normal([6, 6], elementType: .float64) * 0.3,
    ]
    let weights = key.derived("constant").normal([6, 2], elementType: .float64)
    let scale = key.derived("scale").normal([2], elementType: .float64)
    let cubed = withDerivative(of: { (x: Tensor) in x * x * x }) { x, _, g in 3 * x * x * g }
    let waves = checkpointed { (x: Tensor) in exp(sin(x)) * x }
    func derivatives(_ inputs: [Tensor]) -> [Tensor] {
      let result = valueWithGradient(at: inputs) { inputs in
        let start = Tensor.zeros([3, 6], elementType: .float64)
        let (last, states) = scan(over: inputs[0], from: start) { state, x in
          let next = tanh(matmul(x, inputs[1]) + matmul(state, inputs[2]))
          return (next, next)
        }
        return waves(states).sum() + cubed((matmul(last, weights) - 0.5) * scale + 1).sum()
      }
      return [result.value] + result.gradient
    }
    let graph = Graph(recording: inputs.map(\.type), derivatives)
    #expect(graph.nodes.contains { $0.primitive is ScanLoop })
    #expect(graph.nodes.contains { $0.primitive is Barrier })
    #expect(graph.nodes.contains { $0.primitive is CustomDerivative })
    expectSameResults(graph, inputs, derivatives(inputs), 1e-9, "the recurrent network")
  }
}
