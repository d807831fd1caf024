import RanvierTensors
import Synchronization
import TestSupport
import Testing

@Suite struct CustomDerivativesTests {
  @Test func `everything built from a function uses its derivative`() {
    let squared = withDerivative(of: { (x: Tensor) in x * x }) { x, _, g in 7 * x * g }
    #expect(squared(Tensor(3.0)) == Tensor(9.0))
    #expect(gradient(at: 3) { squared($0) } == 21)
    #expect(gradient(at: 3) { sin(squared($0)) } == cosine(9) * 21)
    // The pullback is itself differentiated.
    #expect(gradient(at: 3) { x in gradient(at: x) { squared($0) } } == 7)
  }

  private func cosine(_ x: Double) -> Double { cos(Tensor(x)).scalar(as: Double.self) }

  @Test func `straight-through rounding`() {
    let rounded = withDerivative(of: { (x: Tensor) in round(x) }) { _, _, g in g }
    let x = Tensor([0.2, 1.7])
    #expect(gradient(at: x) { (rounded($0) * Tensor([2.0, 3])).sum() } == Tensor([2.0, 3]))
  }

  @Test func `a function may look at values, and is called once`() {
    let calls = Mutex(0)
    let root = withDerivative(of: { (x: Tensor) -> Tensor in
      calls.withLock { $0 += 1 }
      var y = x
      while abs(y * y - x).scalar(as: Double.self) > 1e-13 { y = (y + x / y) * 0.5 }
      return y
    }) { _, y, g in g / (2 * y) }
    #expect(abs(gradient(at: 9) { root($0) } - 1.0 / 6) < 1e-12)
    #expect(calls.withLock { $0 } == 1)
    let second = gradient(at: 9) { x in gradient(at: x) { root($0) } }
    #expect(abs(second - -1.0 / 108) < 1e-12)
  }

  @Test func `trees of operands and results`() throws {
    let product = withDerivative(of: { (p: [String: Tensor]) in
      [p["a"]! * p["b"]!, p["a"]! + p["b"]!]
    }) { p, _, g in
      ["a": g[0] * p["b"]! + g[1], "b": g[0] * p["a"]! + g[1]]
    }
    let point = ["a": Tensor([1.0, 2]), "b": Tensor([3.0, 0.5])]
    let check = try checkGradients(at: point, order: 2) { p in
      let results = product(p)
      return sin(results[0]) * results[1]
    }
    #expect(check.passes, "\(check)")
  }

  @Test func `a pullback of wrong shapes is an error`() {
    let wrong = withDerivative(of: { (x: Tensor) in x * x }) { _, _, g in g.sum() }
    let error = gradient(at: Tensor([1.0, 2])) { wrong($0).sum() }.error
    #expect(error?.operation == "withDerivative(of:pullback:)")
    #expect(error?.got == "[] for an operand of shape [2]")
  }

  @Test func `recomputation changes no derivative`() throws {
    var generator = TestGenerator(salt: "checkpoint")
    let w = Tensor.random([3, 3], using: &generator)
    let x = Tensor.random([2, 3], using: &generator)
    @Sendable func block(_ x: Tensor, _ w: Tensor) -> Tensor { tanh(matmul(sin(x), w)) }
    let plain = gradient(at: x, w) { x, w in block(block(x, w), w).sum() }
    let again = gradient(at: x, w) { x, w in
      // The weights are not an argument, and are differentiated all the same.
      let step = checkpointed { (x: Tensor) in block(x, w) }
      return step(step(x)).sum()
    }
    expectClose(again.0, plain.0, relative: 1e-14)
    expectClose(again.1, plain.1, relative: 1e-14)
    expectGradientsMatch(at: [x, w], "checkpointed") { point in
      let w = point[1]
      return checkpointed { (x: Tensor) in block(x, w) }(point[0])
    }
  }

  @Test func `batches keep the derivative`() {
    let squared = withDerivative(of: { (x: Tensor) in x * x }) { x, _, g in 7 * x * g }
    let x = Tensor([1.0, 2, 3])
    #expect(gradient(at: x) { vectorized { squared($0) }($0).sum() } == 7 * x)
    #expect(vectorized { x in gradient(at: x) { squared($0) } }(x) == 7 * x)
  }
}
