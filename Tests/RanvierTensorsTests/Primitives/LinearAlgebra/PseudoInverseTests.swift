import RanvierTensors
import TestSupport
import Testing

@Suite struct PseudoInverseTests {
  /// Matrices of each shape and rank.
  static let matrices: [Tensor] = {
    var generator = TestGenerator(salt: "pseudo-inverse")
    return [(5, 3, 3), (3, 5, 3), (4, 4, 4), (5, 4, 2), (4, 5, 1), (3, 3, 0)].map { m, n, rank in
      matmul(
        Tensor.random([m, rank], using: &generator), Tensor.random([rank, n], using: &generator))
    }
  }()

  @Test(arguments: matrices.indices)
  func `the four equations of Penrose hold`(_ index: Int) {
    let a = PseudoInverseTests.matrices[index]
    let p = pseudoInverse(a)
    let (left, right) = (matmul(a, p), matmul(p, a))
    let (relative, absolute) = (1e-10, 1e-10)
    expectClose(matmul(left, a), a, relative: relative, absolute: absolute)
    expectClose(matmul(right, p), p, relative: relative, absolute: absolute)
    expectClose(left, left.transposed(), relative: relative, absolute: absolute)
    expectClose(right, right.transposed(), relative: relative, absolute: absolute)
  }

  @Test(arguments: matrices.indices.dropLast())
  func `derivatives at constant rank`(_ index: Int) {
    let a = PseudoInverseTests.matrices[index]
    let rank = matrixRank(a).scalar(as: Int.self)
    // Products of factors keep their rank.
    let (u, s, vt) = svd(a)
    let left = u[.all, 0 ..< rank] * s[0 ..< rank]
    expectGradientsMatch(
      at: [left, vt[0 ..< rank, .all]], relative: 1e-4, absolute: 1e-6, "rank \(rank)"
    ) {
      pseudoInverse(matmul($0[0], $0[1]))
    }
  }

  @Test func `orthonormal columns have derivatives`() {
    expectGradientsMatch(at: [Tensor([[1.0, 0], [0, 1], [0, 0]])], "equal singular values") {
      pseudoInverse($0[0])
    }
  }

  @Test func `the tolerance decides what counts as zero`() {
    let a = Tensor([[1.0, 0], [0, 1e-3]])
    expectClose(pseudoInverse(a), Tensor([[1.0, 0], [0, 1e3]]), relative: 1e-12)
    expectClose(pseudoInverse(a, tolerance: 0.01), Tensor([[1.0, 0], [0, 0]]), relative: 1e-12)
    #expect(matrixRank(a).scalar(as: Int.self) == 2)
    #expect(matrixRank(a, tolerance: 0.01).scalar(as: Int.self) == 1)
  }
}
