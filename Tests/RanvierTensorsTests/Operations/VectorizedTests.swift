import RanvierTensors
import TestSupport
import Testing

@Suite struct VectorizedTests {
  private func tensors(_ shapes: [Shape], _ salt: String) -> [Tensor] {
    var generator = TestGenerator(salt: salt)
    return shapes.map { Tensor.random($0, using: &generator) }
  }

  @Test func `per-example gradients in one call`() {
    let values = tensors([[5, 3], [5], [3]], "examples")
    let (x, y, w) = (values[0], values[1], values[2])
    func loss(_ w: Tensor, _ x: Tensor, _ y: Tensor) -> Tensor {
      square(tanh(matmul(x, w)) - y).sum()
    }
    let gradients = vectorized { x, y in gradient(at: w) { loss($0, x, y) } }(x, y)
    let expected = Tensor(stacking: (0 ..< 5).map { i in gradient(at: w) { loss($0, x[i], y[i]) } })
    expectClose(gradients, expected, relative: 1e-13)
    // Their sum is the gradient of the batch.
    expectClose(
      gradients.sum(alongAxes: [0]),
      gradient(at: w) { w in vectorized { loss(w, $0, $1) }(x, y).sum() }, relative: 1e-13)
  }

  @Test func `Jacobians and Hessians`() {
    let x = tensors([[4]], "jacobian")[0]
    @Sendable func f(_ x: Tensor) -> Tensor { sin(x) * x.sum() }
    let (_, pull) = valueWithPullback(at: x, of: f)
    let identity = Tensor.range(4).reshaped(to: [4, 1])
    let basis = equal(identity, Tensor.range(4)).cast(to: .float64)
    let rows = (0 ..< 4).map { pull(basis[$0]) }
    let jacobian = vectorized { v in gradient(at: x) { (f($0) * v).sum() } }(basis)
    expectClose(jacobian, Tensor(stacking: rows), relative: 1e-14)
    let hessian = vectorized { v in
      gradient(at: x) { x in (gradient(at: x) { f($0).sum() } * v).sum() }
    }(basis)
    expectClose(hessian, hessian.transposed(), relative: 1e-12)
  }

  @Test func `nested batches and trees`() {
    let values = tensors([[2, 3, 4], [2, 4]], "nested")
    let result = vectorized { (x: Tensor, y: Tensor) in
      vectorized { (row: Tensor) in ["product": (row * y).sum(), "row": row, "one": Tensor(1.0)] }(
        x)
    }(values[0], values[1])
    expectClose(
      result["product"]!, (values[0] * values[1].expandedDimension(at: 1)).sum(alongAxes: [2]),
      relative: 1e-14)
    #expect(result["row"] == values[0])
    #expect(result["one"] == Tensor.ones([2, 3], elementType: .float64))
  }

  @Test func `wrong batches are errors`() {
    let f = vectorized { (x: Tensor, y: Tensor) in x + y }
    #expect(
      f(Tensor([1.0, 2]), Tensor([1.0, 2, 3])).error?.got == "[2], [3]")
    #expect(f(Tensor(1.0), Tensor([1.0])).error?.operation == "vectorized")
    let g = vectorized { (x: Tensor) in matmul(x, Tensor([1.0, 2, 3])) }
    #expect(g(Tensor([[1.0, 2]])).error?.operation == "matmul")
  }
}
