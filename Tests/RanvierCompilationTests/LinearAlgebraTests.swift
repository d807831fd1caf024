import RanvierCompilation
import RanvierTensors
import TestSupport
import Testing

/// Linear algebra in compiled and vectorized functions.
@Suite struct LinearAlgebraTests {
  /// A function in which every decomposition takes part.
  private static func everything(_ a: Tensor, _ b: Tensor) -> Tensor {
    let (q, r) = qr(a)
    let (u, s, vt) = svd(a)
    let (values, vectors) = symmetricEigen(a)
    let (_, logarithm) = logDeterminant(a)
    let matrices = [
      q, r, u, vt, vectors, cholesky(a), inverse(a), pseudoInverse(a), matrixExponential(a / 4),
      kronecker(a, b)[0 ..< 3, 0 ..< 3],
    ]
    let vectorsOfThree = [s, values, solve(a, b), triangularSolve(a, b), leastSquares(a, b)]
    let numbers = [determinant(a), logarithm, conditionNumber(a)]
    return sin(
      Tensor(concatenating: (matrices + vectorsOfThree + numbers).map { $0.flattened() }))
  }

  private static func operands(_ batch: [Int]) -> (Tensor, Tensor) {
    var generator = TestGenerator(salt: "linear algebra")
    let matrix = PrimitiveSample.Operand(Shape(batch + [3, 3]), .dominantDiagonal)
    return (
      Tensor(matrix, using: &generator), Tensor.random(Shape(batch + [3]), using: &generator)
    )
  }

  @Test func `compiled functions and their derivatives equal eager ones`() throws {
    let (a, b) = LinearAlgebraTests.operands([])
    let run = compile { a, b in LinearAlgebraTests.everything(a, b) }
    let slope = { @Sendable (a: Tensor, b: Tensor) in
      gradient(at: a) { LinearAlgebraTests.everything($0, b).sum() }
    }
    let compiledSlope = compile { a, b in slope(a, b) }
    for scale in [1.0, 1.25] {
      expectClose(
        try run(a * scale, b), LinearAlgebraTests.everything(a * scale, b), relative: 1e-11,
        absolute: 1e-11)
      expectClose(
        try compiledSlope(a * scale, b), slope(a * scale, b), relative: 1e-10, absolute: 1e-10)
    }
  }

  @Test func `vectorized functions equal one example after the other`() {
    let (a, b) = LinearAlgebraTests.operands([4])
    let result = vectorized(LinearAlgebraTests.everything)(a, b)
    let slopes = vectorized { a, b in
      gradient(at: a) { LinearAlgebraTests.everything($0, b).sum() }
    }(a, b)
    for index in 0 ..< 4 {
      let (matrix, right) = (a[index], b[index])
      expectClose(
        result[index], LinearAlgebraTests.everything(matrix, right), relative: 1e-11,
        absolute: 1e-11)
      expectClose(
        slopes[index],
        gradient(at: matrix) { LinearAlgebraTests.everything($0, right).sum() }, relative: 1e-10,
        absolute: 1e-10)
    }
    // One matrix for all right-hand sides.
    let shared = vectorized { solve(a[0], $0) }(b)
    for index in 0 ..< 4 { expectClose(shared[index], solve(a[0], b[index]), relative: 1e-12) }
  }
}
