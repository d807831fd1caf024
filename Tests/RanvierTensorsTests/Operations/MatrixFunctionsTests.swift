import RanvierTensors
import TestSupport
import Testing

@Suite struct MatrixFunctionsTests {
  @Test func `least squares are where the slope of the error vanishes`() {
    var generator = TestGenerator(salt: "least squares")
    for (left, right) in [
      ([5, 3], [5]), ([3, 5], [3, 2]), ([2, 5, 3], [2, 5, 2]), ([4, 4], [4]), ([3, 0], [3]),
    ] as [(Shape, Shape)] {
      let a = Tensor.random(left, using: &generator)
      let b = Tensor.random(right, using: &generator)
      let x = leastSquares(a, b)
      let slope = gradient(at: x) { square(matmul(a, $0) - b).sum() }
      expectClose(slope, .zeros(x.shape, elementType: .float64), absolute: 1e-12, "\(left)")
    }
    let (a, b) = (
      Tensor.random([5, 3], using: &generator), Tensor.random([5], using: &generator)
    )
    expectGradientsMatch(at: [a, b], "least squares") { leastSquares($0[0], $0[1]) }
  }

  @Test func `of several solutions the shortest is taken`() {
    let x = leastSquares(Tensor([[1.0, 1], [1, 1]]), Tensor([2.0, 4]))
    expectClose(x, Tensor([1.5, 1.5]), relative: 1e-14)
  }

  @Test func `ranks`() {
    let a = Tensor([
      [[1.0, 2], [2, 4]], [[1, 2], [3, 4]], [[0, 0], [0, 0]], [[.nan, 0], [0, 1]],
    ])
    #expect(matrixRank(a) == Tensor([Int32(1), 2, 0, 0]))
    #expect(matrixRank(Tensor.ones([3, 5])) == Tensor(Int32(1)))
    #expect(matrixRank(Tensor.zeros([2, 0, 3])) == Tensor([Int32(0), 0]))
  }

  @Test func `condition numbers`() {
    let a = Tensor([[[2.0, 0], [0, -8]], [[1, 1], [0, 0]]])
    let numbers = conditionNumber(a)
    expectClose(numbers[0], Tensor(4.0), relative: 1e-14)
    #expect(numbers[1].scalar(as: Double.self) > 1e15)
  }

  @Test func `powers are repeated products`() {
    var generator = TestGenerator(salt: "power")
    let a = Tensor(PrimitiveSample.Operand([2, 3, 3], .dominantDiagonal), using: &generator)
    var expected = matrixPower(a, 0)
    expectClose(matmul(a, expected), a, relative: 1e-15)
    for exponent in 1 ... 9 {
      expected = matmul(expected, a)
      expectClose(matrixPower(a, exponent), expected, relative: 1e-12)
      expectClose(
        matmul(matrixPower(a, -exponent), expected), matrixPower(a, 0), absolute: 1e-9)
    }
    #expect(matrixPower(Tensor([[1, 1], [0, 1]]), 5) == Tensor([[1, 5], [0, 1]]))
    expectGradientsMatch(at: [a], "powers") { matrixPower($0[0], 3) + matrixPower($0[0], -2) }
  }

  @Test func `Kronecker products`() {
    let product = kronecker(Tensor([[1, 2], [3, 4]]), Tensor([[0, 5], [6, 7], [8, 9]]))
    #expect(
      product
        == Tensor([
          [0, 5, 0, 10], [6, 7, 12, 14], [8, 9, 16, 18], [0, 15, 0, 20], [18, 21, 24, 28],
          [24, 27, 32, 36],
        ]))
    #expect(kronecker(Tensor([1, 2]), Tensor([[1, 3]])) == Tensor([[1, 3, 2, 6]]))
    #expect(kronecker(Tensor(2), Tensor([1, 3])) == Tensor([2, 6]))
    var generator = TestGenerator(salt: "kronecker")
    let (a, b) = (
      Tensor.random([3, 3], using: &generator), Tensor.random([2, 2], using: &generator)
    )
    // (A ⊗ B)⁻¹ = A⁻¹ ⊗ B⁻¹.
    expectClose(
      inverse(kronecker(a, b)), kronecker(inverse(a), inverse(b)), relative: 1e-8, absolute: 1e-9)
  }

  /// Numbers computed with NumPy 2 from matrices given by formulas.
  @Test func `results agree with NumPy`() {
    let size = 60
    let i = Tensor.range(size, elementType: .float64).expandedDimension(at: 1)
    let j = Tensor.range(size, elementType: .float64)
    let a = cos(0.37 * i * j + 0.11 * i * i - 0.2 * j)
    let b = sin(0.3 * j + 0.1)
    let weights = 0.1 + 0.05 * j
    let p = a + 8 * matrixPower(a, 0)
    let tall = p[.all, 0 ..< 20]
    let few = weights[0 ..< 20]
    func form(_ left: Tensor, _ x: Tensor, _ right: Tensor) -> Tensor {
      matmul(left, matmul(x, right))
    }
    let triangular = qr(tall)
    let rows: [(String, Tensor, [Double])] = [
      ("cond", conditionNumber(p), [12.161816768924732]),
      ("slogdet", logDeterminant(p).logarithm, [125.0860270466073]),
      ("det", determinant(p[0 ..< 12, 0 ..< 12]), [66004819812.04703]),
      ("solve", matmul(solve(p, b), weights), [-0.09748920630150962]),
      ("inv", form(weights, inverse(p), weights), [22.61279067853065]),
      ("r", form(few, triangular.r, few), [72.44321431590842]),
      ("q", form(weights, triangular.q, few), [8.516322942648781]),
      (
        "svdvals", singularValues(a).gathered(at: Tensor([0, 10, 40])),
        [13.52757368930264, 9.003055510116269, 0.04210102345704576]
      ),
      (
        "eigvalsh", symmetricEigenvalues(a).gathered(at: Tensor([0, 10, 59])),
        [-8.546243748163068, -3.942547456553056, 8.782949747270868]
      ),
      (
        "cholesky",
        form(weights, cholesky(matmul(a, a.transposed()) + matrixPower(a, 0)), weights),
        [285.83382524398047]
      ),
      ("lstsq", matmul(leastSquares(tall, b), few), [-0.7408109483084464]),
      ("pinv", form(few, pseudoInverse(tall), weights), [0.940391567689808]),
      ("matrix_power", form(weights, matrixPower(a / 10, 5), weights), [0.5225866196987397]),
    ]
    for (name, result, expected) in rows {
      expectClose(
        result, Tensor(expected).reshaped(to: result.shape), relative: 1e-11, absolute: 1e-11, name)
    }
  }
}
