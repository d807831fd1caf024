internal import COpenBLAS

/// Pseudo-inverses (Moore-Penrose) of matrices.
package struct PseudoInverse: MatrixPrimitive {
  /// Singular values up to this part of the largest count as zero.
  package let tolerance: Double?

  package init(tolerance: Double? = nil) { self.tolerance = tolerance }

  package var name: String { "pseudoInverse" }
  package var description: String { name + (tolerance.map { " tolerance \($0)" } ?? "") }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    try requireMatrix(operands[0], isSquare: false, largestSize: largestDecomposedSize)
    guard tolerance.map({ $0 >= 0 }) ?? true else {
      throw OperationError(
        operation: name, rule: "a tolerance that is not negative",
        got: "\(tolerance ?? 0) for shape \(operands[0].shape)")
    }
    let shape = operands[0].shape
    return [
      TensorType(
        operands[0].elementType,
        Shape(Array(shape.sizes.dropLast(2)) + [shape[-1], shape[-2]]))
    ]
  }

  // dP = -P dA P + P Pᵀ dAᵀ (1 - A P) + (1 - P A) dAᵀ Pᵀ P as long as the rank stays the same.
  // Source: Golub and Pereyra 1973, "The differentiation of pseudo-inverses and nonlinear least
  // squares problems whose variables separate".
  package func pullback(_ application: Application) -> [Tensor?] {
    let (matrix, inverse) = (application.operand, application.result)
    let cotangent = application.cotangent.matrixTransposed
    let main = product(
      product(inverse, application.cotangent, transposingLeft: true), inverse,
      transposingRight: true)
    // (1 - A P) Gᵀ P Pᵀ and Pᵀ P Gᵀ (1 - P A): what lies outside of A's columns and rows.
    let columns = product(product(cotangent, inverse), inverse, transposingRight: true)
    let rows = product(product(inverse, inverse, transposingLeft: true), cotangent)
    return [
      columns - product(matrix, product(inverse, columns))
        + (rows - product(product(rows, inverse), matrix)) - main
    ]
  }

  package func evaluate(_ matrices: [ReferenceMatrix]) -> [[Double]]? {
    let a = matrices[0]
    guard a.isFinite else { return nil }
    let (u, s, v) = a.singularValues()
    let smallest = (tolerance ?? 0x1p-40) * (s.first ?? 0)
    let scaled = ReferenceMatrix(v.rows, v.columns) { row, column in
      s[column] > smallest ? v[row, column] / s[column] : 0
    }
    return [(scaled * u.transposed).elements]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    MatrixKernel.make(LA_PSEUDO_INVERSE, "gesdd", operands: operands, results: results) {
      $0.tolerance = tolerance ?? -1
    }
  }

  package static var samples: [PrimitiveSample] {
    ([[3, 3], [2, 4, 2], [2, 4], [1, 1], [0, 3], [3, 0], [0, 3, 2]] as [Shape]).map {
      PrimitiveSample(PseudoInverse(), [.init($0, .dominantDiagonal)])
    }
  }
}

/// The pseudo-inverse (Moore-Penrose) of matrices of any shape and rank.
///
/// `matmul(pseudoInverse(a), b)` is the solution of `a x = b` with the smallest error, and the
/// shortest of those. NumPy: `linalg.pinv`, whose default tolerance is 1e-15.
///
/// The derivative holds as long as the rank does not change.
///
/// - Parameter tolerance: Singular values up to this part of the largest count as zero; by default
///   the unit of rounding times the larger of m and n.
/// - Shapes: `[..., m, n]` gives `[..., n, m]`; `f32` or `f64`.
public func pseudoInverse(_ a: Tensor, tolerance: Double? = nil) -> Tensor {
  apply(PseudoInverse(tolerance: tolerance), [a])
}
