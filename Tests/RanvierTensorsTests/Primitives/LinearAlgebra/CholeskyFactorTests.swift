import RanvierTensors
import TestSupport
import Testing

@Suite struct CholeskyFactorTests {
  @Test(arguments: [5, 150])
  func `the factor times its transpose is the symmetric part`(_ size: Int) {
    var generator = TestGenerator(salt: "cholesky")
    let x = Tensor.random([3, size, size + 3], using: &generator)
    let a = matmul(x, x.swappedAxes(-1, -2))
    let skew = Tensor.random([size, size], using: &generator)
    let factor = cholesky(a + skew - skew.transposed())
    expectClose(matmul(factor, factor.swappedAxes(-1, -2)), a, relative: 1e-12, absolute: 1e-12)
    expectClose(factor.upperTriangle(offset: 1), .zeros(factor.shape, elementType: .float64))
    #expect(factor.scalars(as: Double.self).allSatisfy { $0.isFinite })
  }

  @Test func `matrices that are not positive definite give not-a-number`() {
    let a = Tensor([[[1.0, 2], [2, 1]], [[4, 0], [0, 9]], [[0, 0], [0, 0]]])
    let factor = cholesky(a)
    #expect(factor[0].scalars(as: Double.self).allSatisfy { $0.isNaN })
    #expect(factor[2].scalars(as: Double.self).allSatisfy { $0.isNaN })
    expectClose(factor[1], Tensor([[2.0, 0], [0, 3]]), relative: 0, absolute: 0)
  }

  @Test func `derivatives are symmetric`() {
    let a = Tensor([[4.0, 1, 0.5], [1, 3, 0.2], [0.5, 0.2, 2]])
    let weights = Tensor([[1.0, 7, 7], [2, 3, 7], [4, 5, 6]])
    let slope = gradient(at: a) { (cholesky($0) * weights).sum() }
    expectClose(slope, slope.transposed(), relative: 1e-14, absolute: 1e-14)
  }

  @Test func `solving with the factor is solving with the matrix`() {
    let a = Tensor([[4.0, 1, 0.5], [1, 3, 0.2], [0.5, 0.2, 2]])
    let b = Tensor([1.0, -2, 3])
    expectClose(choleskySolve(cholesky(a), b), solve(a, b), relative: 1e-13, absolute: 1e-13)
    expectGradientsMatch(at: [a, b], "cholesky solve") { choleskySolve(cholesky($0[0]), $0[1]) }
  }
}
