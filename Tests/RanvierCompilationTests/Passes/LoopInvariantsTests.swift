import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

@Suite struct LoopInvariantsTests {
  private let compiled = compile { (x: Tensor, w: Tensor, v: Tensor) in
    scan(over: x, from: Tensor.zeros([2], elementType: .float64)) { carry, row in
      let product = matmul(w, v)
      return (tanh(carry + matmul(row, product)), exp(product).sum() * carry)
    }.outputs
  }
  private func operands() -> [Tensor] {
    var generator = TestGenerator(salt: "invariants")
    return [[5, 3], [3, 4], [4, 2]].map { Tensor.random($0, using: &generator) }
  }

  @Test func `what does not depend on the step is computed before the loop`() throws {
    let x = operands()
    let plan = try compiled.plan(for: x[0], x[1], x[2])
    let loop = try #require(
      plan.graph.nodes.lazy.compactMap { $0.primitive as? ScanLoop }.first)
    // One product of matrices is left in the loop: that of the row.
    let inner = loop.body.graph.withoutDeadNodes()
    #expect(inner.nodes.count { $0.primitive is MatrixProduct } == 1)
    #expect(!inner.nodes.contains { $0.primitive is Exponential })
    #expect(plan.graph.nodes.contains { $0.primitive is MatrixProduct })
  }

  @Test func `results stay the same`() throws {
    let x = operands()
    let product = matmul(x[1], x[2])
    var carry = Tensor.zeros([2], elementType: .float64)
    var outputs: [Tensor] = []
    for row in 0 ..< 5 {
      outputs.append(exp(product).sum() * carry)
      carry = tanh(carry + matmul(x[0][row], product))
    }
    expectClose(try compiled(x[0], x[1], x[2]), Tensor(stacking: outputs), relative: 1e-12)
  }

  @Test func `an output that is the same in every step`() throws {
    let constant = compile { (x: Tensor, w: Tensor) in
      scan(over: x, from: Tensor(0.0)) { ($0 + $1, sin(w)) }.outputs
    }
    let w = Tensor([1.0, 2])
    expectClose(
      try constant(Tensor([1.0, 2, 3]), w), sin(w).broadcast(to: [3, 2]), relative: 1e-14)
  }
}
