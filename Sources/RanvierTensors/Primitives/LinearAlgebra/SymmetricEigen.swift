internal import COpenBLAS

/// Eigenvalues and eigenvectors of symmetric matrices.
package struct SymmetricEigen: MatrixPrimitive {
  package init() {}

  package var name: String { "symmetricEigen" }
  package var resultCount: Int { 2 }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    try requireMatrix(operands[0], isSquare: true, largestSize: largestDecomposedSize)
    let values = Shape(Array(operands[0].shape.sizes.dropLast()))
    return [TensorType(operands[0].elementType, values), operands[0]]
  }

  // From A V = V W with P = Vᵀ dA V and Fij = 1 / (wj - wi): dV = V (F ∘ P), dW is P's diagonal.
  package func pullback(_ application: Application) -> [Tensor?] {
    let (values, vectors) = (application.results[0], application.results[1])
    let inner = product(vectors, application.cotangents[1], transposingLeft: true)
    let turn =
      inner.dividedBetween(values.asRow - values.asColumn)
      + application.cotangents[0].asDiagonalMatrix
    return [product(product(vectors, turn), vectors, transposingRight: true).symmetricPart]
  }

  package func evaluate(_ matrices: [ReferenceMatrix]) -> [[Double]]? {
    let a = matrices[0].symmetricPart
    guard a.isFinite else { return nil }
    let (values, vectors) = a.symmetricEigen()
    return [values, vectors.elements]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    MatrixKernel.make(LA_SYMMETRIC_EIGEN, "syevd", operands: operands, results: results)
  }

  package static var samples: [PrimitiveSample] {
    ([[3, 3], [2, 4, 4], [1, 1], [0, 0], [0, 3, 3], [2, 0, 0]] as [Shape]).map {
      PrimitiveSample(SymmetricEigen(), [.init($0, .dominantDiagonal)])
    }
  }
}

/// The eigenvalues of symmetric matrices in increasing order, and orthonormal eigenvectors as
/// columns in the same order.
///
/// Only the symmetric part `(a + aᵀ) / 2` counts, so derivatives are symmetric. Each eigenvector has
/// a positive largest component (the first, if several are nearly as large); NumPy's and JAX's
/// `linalg.eigh` are the same up to signs. Vectors of equal eigenvalues are not unique.
///
/// The derivative needs different eigenvalues where vectors take part in the result; where only
/// values do, the first derivative is right for equal ones too. There is no decomposition of
/// matrices that are not symmetric: it needs complex numbers.
///
/// - Shapes: `[..., n, n]` gives `[..., n]` and `[..., n, n]`; `f32` or `f64`.
public func symmetricEigen(_ a: Tensor) -> (values: Tensor, vectors: Tensor) {
  let results = applyAll(SymmetricEigen(), [a])
  return (results[0], results[1])
}

/// The eigenvalues of symmetric matrices in increasing order.
///
/// NumPy: `linalg.eigvalsh`.
///
/// - Shapes: `[..., n, n]` gives `[..., n]`.
public func symmetricEigenvalues(_ a: Tensor) -> Tensor { symmetricEigen(a).values }
