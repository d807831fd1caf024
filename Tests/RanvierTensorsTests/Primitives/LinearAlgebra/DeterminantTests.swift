import RanvierTensors
import TestSupport
import Testing

/// Determinants, their logarithms and their derivatives, the cofactors.
@Suite struct DeterminantTests {
  @Test func `known determinants`() {
    let a = Tensor([[[1.0, 2], [3, 4]], [[2, 0], [0, 5]], [[1, 2], [2, 4]]])
    expectClose(determinant(a), Tensor([-2.0, 10, 0]), relative: 1e-15)
    let (sign, logarithm) = logDeterminant(a)
    expectClose(sign, Tensor([-1.0, 1, 0]), relative: 0, absolute: 0)
    expectClose(
      logarithm, Tensor([0.6931471805599453, 2.302585092994046, -Double.infinity]), relative: 1e-15)
    expectClose(determinant(Tensor.zeros([2, 0, 0])), Tensor([Float(1), 1]), relative: 0)
    expectClose(logDeterminant(Tensor.zeros([0, 0])).sign, Tensor(Float(1)), relative: 0)
  }

  @Test func `the determinant of a product is the product of determinants`() {
    var generator = TestGenerator(salt: "determinant")
    let (a, b) = (
      Tensor.random([4, 6, 6], using: &generator), Tensor.random([6, 6], using: &generator)
    )
    expectClose(
      determinant(matmul(a, b)), determinant(a) * determinant(b), relative: 1e-10, absolute: 1e-12)
    let (sign, logarithm) = logDeterminant(a)
    expectClose(sign * exp(logarithm), determinant(a), relative: 1e-12)
  }

  @Test func `partial products may be too large for a number`() {
    let diagonal = Tensor([1e200, 1e200, 1e-200, 1e-199]).expandedDimension(at: 1)
    let a = diagonal * matrixPower(Tensor.ones([4, 4], elementType: .float64), 0)
    expectClose(determinant(a), Tensor(10.0), relative: 1e-14)
  }

  @Test func `the slope at singular matrices is that of the cofactors`() {
    let rankOne = Tensor([[1.0, 2], [2, 4]])
    expectClose(
      gradient(at: rankOne) { determinant($0) }, Tensor([[4.0, -2], [-2, 1]]), absolute: 1e-14)
    let zero = Tensor.zeros([2, 2], elementType: .float64)
    expectClose(gradient(at: zero) { determinant($0) }, zero, absolute: 1e-15)
    let magic = Tensor([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])
    expectClose(
      gradient(at: magic) { determinant($0) },
      Tensor([[-3.0, 6, -3], [6, -12, 6], [-3, 6, -3]]), absolute: 1e-13)
    expectGradientsMatch(at: [magic], order: 1, "singular") { determinant($0[0]) }
  }

  @Test func `second derivatives exist for equal singular values`() {
    expectGradientsMatch(at: [Tensor([[1.0, 0], [0, 1]])], "identity") { determinant($0[0]) }
    expectGradientsMatch(at: [Tensor([[0.0, 2], [-2, 0]])], "rotation") { determinant($0[0]) }
  }
}
