import RanvierTensors
import TestSupport
import Testing

@Suite struct CheckGradientsTests {
  @Test func `right derivatives pass, to second order`() throws {
    var generator = TestGenerator(salt: "check")
    let x: Parameters = [
      "w": Tensor.random([3, 2], using: &generator), "b": Tensor.random([2], using: &generator),
    ]
    let check = try checkGradients(at: x, order: 2) { p in
      tanh(matmul(Tensor.ones([4, 3], elementType: .float64), p["w"]) + p["b"])
    }
    #expect(check.passes && check.count == 16, "\(check)")
    #expect(check.largestDifference < 1e-6)
  }

  @Test func `wrong derivatives are found and named`() throws {
    let wrong = withDerivative(of: { (x: Tensor) in x * x }) { x, _, g in
      x * g * Tensor([2.0, 2, 3])
    }
    let check = try checkGradients(at: Tensor([1.0, 2, 3]), of: wrong)
    #expect(!check.passes && check.failures.count == 1)
    #expect(check.failures[0].tensor == 0 && check.failures[0].index == [2])
    #expect("\(check)".contains("2 of 3 derivatives agree"))
    #expect("\(check)".contains("order 1, tensor 0 at [2]: derivative"))
  }

  @Test func `a wrong second derivative is found where the first is right`() throws {
    let cube = withDerivative(of: { (x: Tensor) in x * x * x }) { x, _, g in
      stopGradient(3 * x * x) * g
    }
    let x = Tensor([0.5, -0.7])
    #expect(try checkGradients(at: x, of: cube).passes)
    let check = try checkGradients(at: x, order: 2, of: cube)
    #expect(check.failures.count == 2 && check.failures.allSatisfy { $0.order == 2 })
  }

  @Test func `f32 points, fixed tensors and large ones`() throws {
    let point = [Tensor([Float(0.5), 1]), Tensor([Int32(1), 0]), Tensor.ones([1000])]
    let check = try checkGradients(at: point, limit: 10) { x in
      sin(x[0].gathered(at: x[1])) + (x[2] * x[2]).sum()
    }
    #expect(check.passes, "\(check)")
    #expect(check.count >= 10 && check.count <= 12)
  }

  @Test func `errors are thrown`() {
    #expect(throws: OperationError.self) {
      try checkGradients(at: Tensor([1.0, 2])) { matmul($0, Tensor([1.0, 2, 3])) }
    }
    #expect(throws: OperationError.self) {
      try checkGradients(at: Tensor([1.0, 2])) { greater($0, 0) }
    }
  }
}
