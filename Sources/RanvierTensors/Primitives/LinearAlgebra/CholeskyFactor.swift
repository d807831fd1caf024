internal import COpenBLAS

/// The lower triangular factor of symmetric, positive definite matrices.
package struct CholeskyFactor: MatrixPrimitive {
  package init() {}

  package var name: String { "cholesky" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    try requireMatrix(operands[0], isSquare: true)
    return [operands[0]]
  }

  // From A = L Lᵀ: dL = L Φ(L⁻¹ dA L⁻ᵀ), where Φ takes the lower triangle and half of the diagonal.
  package func pullback(_ application: Application) -> [Tensor?] {
    let factor = application.result
    let size = factor.shape[-1]
    let type = factor.elementType
    let weights =
      Tensor.ones([size, size], elementType: type).lowerTriangle()
      - Tensor.identityMatrix(size, elementType: type) * 0.5
    let inner =
      product(factor, application.cotangent.lowerTriangle(), transposingLeft: true) * weights
    let solve = TriangularSolve(isLower: true, isTransposed: true)
    let half: Tensor = apply(solve, [factor, inner])
    let whole: Tensor = apply(solve, [factor, half.matrixTransposed])
    return [whole.symmetricPart]
  }

  package func evaluate(_ matrices: [ReferenceMatrix]) -> [[Double]]? {
    let a = matrices[0].symmetricPart
    guard a.isFinite else { return nil }
    var factor = ReferenceMatrix(a.rows, a.rows) { _, _ in 0 }
    for row in 0 ..< a.rows {
      for column in 0 ... row {
        let sum = (0 ..< column).reduce(a[row, column]) {
          $0 - factor[row, $1] * factor[column, $1]
        }
        if row == column && sum <= 0 { return nil }
        factor[row, column] = row == column ? sum.squareRoot() : sum / factor[column, column]
      }
    }
    return [factor.elements]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    MatrixKernel.make(LA_CHOLESKY, "potrf", operands: operands, results: results)
  }

  package static var samples: [PrimitiveSample] {
    ([[3, 3], [2, 2, 2], [1, 1], [0, 0], [0, 3, 3], [2, 0, 0]] as [Shape]).map {
      PrimitiveSample(CholeskyFactor(), [.init($0, .dominantDiagonal)])
    }
  }
}

/// The Cholesky factor of symmetric, positive definite matrices: the lower triangular L with a
/// positive diagonal for which L Lᵀ is the matrix.
///
/// Only the symmetric part `(a + aᵀ) / 2` counts, so derivatives are symmetric. A matrix that is not
/// positive definite, or not finite, gives a factor of not-a-number; others of the batch are not
/// affected. NumPy: `linalg.cholesky`, which raises an error instead and reads one triangle.
///
/// - Shapes: `[..., n, n]` gives `[..., n, n]`; `f32` or `f64`.
public func cholesky(_ a: Tensor) -> Tensor { apply(CholeskyFactor(), [a]) }

/// The solution x of `l lᵀ x = b` for a Cholesky factor l.
///
/// - Shapes: `[..., n, n]` and `[..., n, k]` give `[..., n, k]`; a vector `[n]` gives vectors.
public func choleskySolve(_ factor: Tensor, _ b: Tensor) -> Tensor {
  triangularSolve(factor, triangularSolve(factor, b), transposed: true)
    .spelled("choleskySolve", factor, b)
}
