import RanvierTensors
import TestSupport
import Testing

@Suite struct SingularValuesTests {
  @Test(arguments: [
    [5, 3], [3, 5], [4, 4], [2, 7, 3], [150, 140], [1, 5], [5, 1], [4, 0], [0, 4],
  ])
  func `the parts multiply to the matrix`(_ sizes: [Int]) {
    var generator = TestGenerator(salt: "svd \(sizes)")
    let a = Tensor.random(Shape(sizes), using: &generator)
    for full in [false, true] {
      let (u, s, vt) = svd(a, full: full)
      let count = s.shape[-1]
      let scaled = u[.ellipsis, 0 ..< count] * s[.ellipsis, .newAxis, .all]
      let product = matmul(scaled, vt[.ellipsis, 0 ..< count, .all])
      expectClose(product, a, relative: 1e-12, absolute: 1e-12, "U S Vᵀ")
      for basis in [u, vt.swappedAxes(-1, -2)] {
        let square = matmul(basis.swappedAxes(-1, -2), basis)
        let identity = Tensor.ones([square.shape[-1], square.shape[-1]], elementType: .float64)
          .lowerTriangle().upperTriangle()
        expectClose(square, identity.broadcast(to: square.shape), absolute: 1e-12, "orthonormal")
      }
      let values = s.reshaped(to: [s.count / max(1, count), count])
      for row in 0 ..< values.shape[0] {
        let numbers = values[row].scalars(as: Double.self)
        #expect(numbers == numbers.sorted(by: >) && numbers.allSatisfy { $0 >= 0 })
      }
    }
  }

  @Test func `signs are fixed, and ties do not depend on rounding`() {
    let (u, s, vt) = svd(Tensor([[0.0, 1], [-3, 0]]))
    expectClose(u, Tensor([[0.0, 1], [1, 0]]), absolute: 1e-15)
    expectClose(s, Tensor([3.0, 1]), relative: 1e-15)
    expectClose(vt, Tensor([[-1.0, 0], [0, 1]]), absolute: 1e-15)
    // Both components are equal: the first one is positive.
    let half = 0.5.squareRoot()
    let tied = svd(Tensor([[-1.0, 2], [2, -1]])).u
    expectClose(tied, Tensor([[half, half], [-half, half]]), absolute: 1e-15)
  }

  @Test func `equal singular values have derivatives without the vectors`() {
    // The sum of singular values at the identity has slope U Vᵀ; at a point where all are 2, the
    // sum of their squares has slope 2 A.
    let identity = Tensor([[1.0, 0], [0, 1]])
    expectClose(
      gradient(at: identity) { svd($0).s.sum() }, identity, relative: 1e-14, absolute: 1e-14)
    let rotated = Tensor([[0.0, -2], [2, 0]])
    expectClose(
      gradient(at: rotated) { square(singularValues($0)).sum() }, rotated * 2, relative: 1e-14,
      absolute: 1e-14)
    // The vectors are not functions of the matrix there.
    let wrong = gradient(at: identity) { (svd($0).u * Tensor([[1.0, 2], [3, 5]])).sum() }
    #expect(wrong.scalars(as: Double.self).contains { !$0.isFinite })
  }

  @Test func `tiny and huge matrices do not overflow on the way`() {
    for scale in [1e-300, 1e300] {
      let s = singularValues(Tensor([[3.0, 0], [0, -4]]) * scale)
      expectClose(s / scale, Tensor([4.0, 3]), relative: 1e-14)
    }
  }
}
