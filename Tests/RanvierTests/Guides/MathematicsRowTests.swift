import Foundation
import Ranvier
import TestSupport
import Testing

/// The rows on arithmetic, comparison, statistics, order and linear algebra.
@Suite struct MathematicsRowTests {
  private let given = GuideTensors()

  @Test func `arithmetic and mathematics`() {
    let (x, y) = (given.x, given.y)
    func expectFirst(
      _ actual: Tensor, _ expected: Double, sourceLocation: SourceLocation = #_sourceLocation
    ) {
      #expect(actual.shape == [2, 3], sourceLocation: sourceLocation)
      expectNumber(actual[0, 1], expected, sourceLocation: sourceLocation)
    }
    expectFirst(x + y, 7)
    expectFirst(2 * x, 4)
    expectFirst(-x, -2)
    expectFirst(square(x), 4)
    expectFirst(pow(x, y), 32)
    expectRows(floorDivide(x, 2), [[0, 1, 1], [2, 2, 3]])
    expectRows(floorModulo(x, 2), [[1, 0, 1], [0, 1, 0]])
    expectRows(remainder(x, 2), [[1, 0, 1], [0, 1, 0]])
    expectFirst(exp(x), 7.3890561)
    expectFirst(log(x), 0.69314718)
    expectFirst(sqrt(x), 1.41421356)
    expectFirst(log1p(x), 1.09861229)
    expectFirst(expm1(x), 6.3890561)
    expectFirst(sin(x), 0.90929743)
    expectFirst(atan2(y, x), 1.19028995)
    expectFirst(abs(x), 2)
    expectFirst(sign(x), 1)
    expectFirst(floor(x), 2)
    expectFirst(round(x), 2)
    expectRows(clamp(x, 2, 5), [[2, 2, 3], [4, 5, 5]])
    expectRows(maximum(x, y), [[6, 5, 4], [4, 5, 6]])
    expectFirst(erf(x), 0.99532227)
    let (p, q) = (Tensor([0.0, 4]), Tensor([0.0, 8]))
    expectRows(interpolate(at: x, points: p, values: q), [[2, 4, 6], [8, 8, 8]])
  }

  @Test func comparison() {
    let (x, y, mask) = (given.x, given.y, given.mask)
    let other = Tensor([true, true, false])
    #expect(equal(x, y).any() == Tensor(false))
    #expect(less(x, y) == Tensor([[true, true, true], [false, false, false]]))
    #expect(logicalAnd(mask, other) == Tensor([[false, false, false], [true, true, false]]))
    #expect(logicalNot(mask) == Tensor([[true, true, false], [false, false, false]]))
    let isSame: Bool = x == y
    #expect(!isSame && x == x)
    #expect(!isClose(x, y) && isClose(x, x + 1e-7))
    #expect(nearlyEqual(x, y).any() == Tensor(false))
    #expect(isNaN(x).any() == Tensor(false))
    #expect(isFinite(x).all() == Tensor(true))
    #expect(mask.any() == Tensor(true))
    #expect(mask.all(alongAxes: [1]) == Tensor([false, true]))
  }

  @Test func `reductions and statistics`() {
    let (x, y, v, rows) = (given.x, given.y, given.v, given.rows)
    expectNumber(x.sum(), 21)
    expectVector(x.sum(alongAxes: [0]), [5, 7, 9])
    expectRows(x.mean(alongAxes: [1], keepingAxes: true), [[2], [5]])
    expectNumber(x.product(), 720)
    expectNumber(x.min(), 1)
    expectVector(x.max(alongAxes: [0]), [4, 5, 6])
    expectNumber(x.max() - x.min(), 5)
    expectVector(x.argmax(alongAxis: 1), [2, 2])
    expectNumber(x.variance(), 35.0 / 12)
    expectNumber(x.standardDeviation(), 1.70782513)
    expectNumber(x.standardDeviation(correction: 1), 1.87082869)
    expectNumber(x.mean(weights: y), 56.0 / 21)
    expectVector(x.median(alongAxes: [1]), [2, 5])
    expectNumber(x.quantile(0.9), 5.5)
    expectRows(x.covariance(), [[4.5, 4.5, 4.5], [4.5, 4.5, 4.5], [4.5, 4.5, 4.5]])
    expectRows(x.correlation(), [[1, 1, 1], [1, 1, 1], [1, 1, 1]])
    expectRows(x.cumulativeSum(), [[1, 3, 6], [4, 9, 15]])
    expectRows(x.cumulativeProduct(), [[1, 2, 6], [4, 20, 120]])
    expectVector(v.cumulativeMaximum(), [3, 3, 3])
    expectRows(x.differences(), [[1, 1], [1, 1]])
    expectVector(trapezoid(x, spacing: 0.5), [2, 5])
    expectVector(x.logSumExp(alongAxes: [1]), [3.40760596, 6.40760596])
    expectVector(histogram(x, bins: 3).counts, [2, 2, 2])
    let edges = Tensor([Float(1), 2, 6])
    expectVector(histogram(x, edges: edges), [1, 5])
    expectVector(bincount(rows), [1, 2])
  }

  @Test func `sorting and searching`() {
    let (x, v) = (given.x, given.v)
    let edges = Tensor([Float(1), 2, 6])
    expectVector(v.sorted(), [1, 2, 3])
    expectVector(v.sortedPositions(), [1, 2, 0])
    expectVector(v.sorted(descending: true), [3, 2, 1])
    expectVector(v.top(2).values, [3, 2])
    expectVector(x.unique().values, [1, 2, 3, 4, 5, 6])
    expectRows(searchSorted(edges, x), [[0, 1, 2], [2, 2, 2]])
    expectRows(searchSorted(edges, x, side: .afterEqual), [[1, 2, 2], [2, 2, 3]])
  }

  @Test func `linear algebra`() {
    let (x, y, v, a, b) = (given.x, given.y, given.v, given.a, given.b)
    expectRows(matmul(x, y.transposed()), [[28, 10], [73, 28]])
    expectNumber(dot(v, v), 14)
    expectRows(outer(v, v), [[9, 3, 6], [3, 1, 2], [6, 2, 4]])
    expectRows(einsum("ij,kj->ik", x, y), [[28, 10], [73, 28]])
    expectNumber(contract(x, y, axes: ([0, 1], [0, 1])), 56)
    expectNumber(trace(a), 7)
    expectRows(kronecker(a, b), [[4, 1], [8, 2], [1, 3], [2, 6]])
    expectNumber(x.norm(), 9.53939201)
    expectVector(x.norm(order: 1, alongAxes: [1]), [6, 15])
    expectVector(x.normalized().norm(alongAxes: [1]), [1, 1])
    expectRows(solve(a, b), [[1.0 / 11], [7.0 / 11]])
    expectRows(inverse(a), [[3.0 / 11, -1.0 / 11], [-1.0 / 11, 4.0 / 11]])
    expectClose(
      matmul(matmul(x, pseudoInverse(x)), x), x, relative: 1e-4, absolute: 1e-4)
    expectNumber(determinant(a), 11)
    expectNumber(logDeterminant(a).logarithm, 2.39789527)
    expectRows(cholesky(a), [[2, 0], [0.5, 1.65831240]])
    let (q, r) = qr(x)
    expectClose(matmul(q, r), x, relative: 1e-4, absolute: 1e-4)
    expectVector(svd(x).s, [9.50803185, 0.77286964])
    expectVector(symmetricEigen(a).values, [2.38196601, 4.61803399])
    let solution = leastSquares(x.transposed(), v[.all, .newAxis])
    expectClose(
      matmul(x, matmul(x.transposed(), solution)), matmul(x, v[.all, .newAxis]), relative: 1e-4,
      absolute: 1e-4)
    expectNumber(matrixRank(x), 2)
    expectRows(matrixPower(a, 3), [[75, 38], [38, 37]])
    expectNumber(determinant(matrixExponential(a)), 1096.63316)
  }
}
