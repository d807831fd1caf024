import RanvierTensors
import TestSupport
import Testing

@Suite struct OrthogonalTriangularTests {
  @Test(arguments: [
    [5, 3], [3, 5], [4, 4], [2, 7, 3], [150, 140], [1, 5], [5, 1], [4, 0], [0, 4],
  ])
  func `Q and R multiply to the matrix`(_ sizes: [Int]) {
    var generator = TestGenerator(salt: "qr \(sizes)")
    let a = Tensor.random(Shape(sizes), using: &generator)
    for complete in [false, true] {
      let (q, r) = qr(a, complete: complete)
      expectClose(matmul(q, r), a, relative: 1e-12, absolute: 1e-12, "Q R")
      let columns = q.shape[-1]
      let product = matmul(q.swappedAxes(-1, -2), q)
      let identity = Tensor.ones([columns, columns], elementType: .float64)
        .lowerTriangle().upperTriangle()
      expectClose(product, identity.broadcast(to: product.shape), absolute: 1e-12, "Qᵀ Q")
      expectClose(r, r.upperTriangle(), relative: 0, absolute: 0, "R")
      let diagonal = r.lowerTriangle().upperTriangle()
      #expect(diagonal.scalars(as: Double.self).allSatisfy { $0 >= 0 })
    }
  }

  @Test func `dependent columns still decompose`() {
    let a = Tensor([[1.0, 2, 3], [2, 4, 1], [3, 6, 0]])
    let (q, r) = qr(a)
    expectClose(matmul(q, r), a, relative: 1e-14, absolute: 1e-14)
    expectClose(matmul(q.transposed(), q), matrixPower(a, 0), absolute: 1e-14)
    let zero = qr(Tensor.zeros([3, 2], elementType: .float64))
    expectClose(zero.r, .zeros([2, 2], elementType: .float64), relative: 0, absolute: 0)
  }

  @Test func `the least squares line by QR`() {
    // Through (0, 1), (1, 3), (2, 5): 1 + 2 t.
    let a = Tensor([[1.0, 0], [1, 1], [1, 2]])
    let (q, r) = qr(a)
    let x = triangularSolve(r, matmul(q.transposed(), Tensor([1.0, 3, 5])), lower: false)
    expectClose(x, Tensor([1.0, 2]), relative: 1e-14)
  }
}
