import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

struct LoopSumsTests {
  /// A recurrent network's last state, squared; its derivative by `u` is a sum of products.
  private static func loss(_ x: Tensor, _ u: Tensor) -> Tensor {
    let start = Tensor.zeros([x.shape[1], u.shape[0]], elementType: .float64)
    return square(scan(over: x, from: start) { (tanh($0 + matmul($0, u) + $1), Tensor(0)) }.carry)
      .sum()
  }

  private static func operands() -> (x: Tensor, u: Tensor) {
    var generator = TestGenerator(salt: "loop sums")
    return (Tensor.random([6, 4, 3], using: &generator), Tensor.random([3, 3], using: &generator))
  }

  private static func loops(_ plan: Plan) -> [ScanLoop] {
    plan.graph.nodes.compactMap { $0.primitive as? ScanLoop }
  }

  @Test func `a kernel's gradient is one product after the loop`() throws {
    let (x, u) = Self.operands()
    let compiled = compile { (x: Tensor, u: Tensor) in gradient(at: u) { Self.loss(x, $0) } }
    let plan = try compiled.plan(for: x, u)
    let backward = try #require(Self.loops(plan).last)
    #expect(backward.isReversed)
    // The product with the kernel is left, that of states and gradients is not.
    let inner = backward.body.graph.withoutDeadNodes()
    #expect(inner.nodes.count { $0.primitive is MatrixProduct } == 1)
    #expect(!backward.body.inputTypes.prefix(backward.carryCount).contains { $0.shape == [3, 3] })
    expectClose(
      try compiled(x, u), gradient(at: u) { Self.loss(x, $0) }, relative: 1e-12, absolute: 1e-13)
  }

  @Test func `a sum that starts with something keeps it`() throws {
    let (x, u) = Self.operands()
    let summed = compile { (x: Tensor, u: Tensor) in
      let result = scan(over: x, from: u) { sum, row in
        (sum + matmul(sin(row).transposed(), row), row.sum())
      }
      return [result.carry, result.outputs]
    }
    let plan = try summed.plan(for: x, u)
    #expect(Self.loops(plan).allSatisfy { $0.carryCount == 0 })
    var expected = u
    for row in 0 ..< 6 { expected = expected + matmul(sin(x[row]).transposed(), x[row]) }
    let result = try summed(x, u)
    expectClose(result[0], expected, relative: 1e-12, absolute: 1e-13)
    expectClose(result[1], x.sum(alongAxes: [1, 2]), relative: 1e-12, absolute: 1e-13)
  }

  @Test func `a sum that the steps read stays`() throws {
    let (x, u) = Self.operands()
    let read = compile { (x: Tensor, u: Tensor) in
      let result = scan(over: x, from: u) { sum, row in
        (sum + matmul(row.transposed(), row), sum.sum())
      }
      return [result.carry, result.outputs]
    }
    let plan = try read.plan(for: x, u)
    #expect(Self.loops(plan).map(\.carryCount) == [1])
    var sum = u
    var outputs: [Tensor] = []
    for row in 0 ..< 6 {
      outputs.append(sum.sum())
      sum = sum + matmul(x[row].transposed(), x[row])
    }
    let result = try read(x, u)
    expectClose(result[0], sum, relative: 1e-12, absolute: 1e-13)
    expectClose(result[1], Tensor(stacking: outputs), relative: 1e-12, absolute: 1e-13)
  }

  @Test func `products of what is the same in every step stay`() throws {
    let (x, u) = Self.operands()
    let same = compile { (x: Tensor, u: Tensor) in
      scan(over: x, from: u) { (sum, row) in (sum + matmul(u.transposed(), u), row.sum()) }.carry
    }
    expectClose(
      try same(x, u), u + 6 * matmul(u.transposed(), u), relative: 1e-12, absolute: 1e-13)
  }
}
