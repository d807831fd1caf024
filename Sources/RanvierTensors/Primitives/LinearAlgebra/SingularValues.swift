internal import COpenBLAS

/// Singular value decompositions.
package struct SingularValues: MatrixPrimitive {
  /// Whether U and V are completed to square matrices.
  package let isFull: Bool

  package init(isFull: Bool = false) { self.isFull = isFull }

  package var name: String { "svd" }
  package var description: String { name + (isFull ? " full" : "") }
  package var resultCount: Int { 3 }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    try requireMatrix(operands[0], isSquare: false, largestSize: largestDecomposedSize)
    let shape = operands[0].shape
    let (rows, columns) = (shape[-2], shape[-1])
    let count = Swift.min(rows, columns)
    if isFull && Swift.max(rows, columns) > largestDecomposedSize {
      throw OperationError(
        operation: name, rule: "at most \(largestDecomposedSize) rows and columns in full form",
        got: "shape \(shape)")
    }
    let parts =
      isFull
      ? [[rows, rows], [count], [columns, columns]]
      : [[rows, count], [count], [count, columns]]
    return parts.map {
      TensorType(operands[0].elementType, Shape(Array(shape.sizes.dropLast(2)) + $0))
    }
  }

  // From A = U S Vᵀ with P = Uᵀ dA V and Fij = 1 / (sj² - si²):
  //   dU = U (F ∘ (P S + S Pᵀ)) + (1 - U Uᵀ) dA V S⁻¹,
  //   dV = V (F ∘ (S P + Pᵀ S)) + (1 - V Vᵀ) dAᵀ U S⁻¹, and dS is P's diagonal.
  package func pullback(_ application: Application) -> [Tensor?] {
    let matrix = application.operand
    let (rows, columns) = (matrix.shape[-2], matrix.shape[-1])
    guard !isFull || rows == columns else {
      return [
        Tensor(
          invalid: OperationError(
            operation: "the derivative of svd", rule: "the reduced form, or square matrices",
            got: "the full form of shape \(matrix.shape)",
            hint: "the columns that complete U and V are not functions of the matrix"))
      ]
    }
    let (u, s, vt) = (application.results[0], application.results[1], application.results[2])
    let (cotangentU, cotangentS, cotangentVt) = (
      application.cotangents[0], application.cotangents[1], application.cotangents[2]
    )
    let innerU = product(u, cotangentU, transposingLeft: true)
    let innerV = product(vt, cotangentVt, transposingRight: true)
    let turn =
      (innerU - innerU.matrixTransposed) * s.asRow
      + (innerV - innerV.matrixTransposed) * s.asColumn
    let squares = s * s
    let inner = turn.dividedBetween(squares.asRow - squares.asColumn) + cotangentS.asDiagonalMatrix
    var cotangent = product(product(u, inner), vt)
    if rows > columns {
      // What lies outside of U's columns.
      let outside = cotangentU - product(u, innerU)
      cotangent = cotangent + product(outside / s.asRow, vt)
    }
    if columns > rows {
      let outside = cotangentVt - product(innerV, vt, transposingLeft: true)
      cotangent = cotangent + product(u, outside / s.asColumn)
    }
    return [cotangent]
  }

  package func evaluate(_ matrices: [ReferenceMatrix]) -> [[Double]]? {
    let a = matrices[0]
    guard a.isFinite else { return nil }
    let (u, s, v) = a.singularValues()
    guard isFull else { return [u.elements, s, v.transposed.elements] }
    return [
      u.orthonormalized(count: a.rows).elements, s,
      v.orthonormalized(count: a.columns).transposed.elements,
    ]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    MatrixKernel.make(LA_SVD, "gesdd", operands: operands, results: results) { $0.full = isFull }
  }

  package static var samples: [PrimitiveSample] {
    let shapes: [Shape] = [
      [3, 3], [2, 4, 2], [2, 4], [1, 1], [3, 1], [1, 3], [0, 3], [3, 0], [0, 3, 2],
    ]
    return shapes.map { PrimitiveSample(SingularValues(), [.init($0, .dominantDiagonal)]) }
      // One column more is determined up to its sign, several are not.
      + [[3, 2], [2, 3, 3], [2, 3], [3, 0], [0, 2]].map {
        PrimitiveSample(
          SingularValues(isFull: true), [.init($0, .dominantDiagonal)],
          isDifferentiable: $0[-2] == $0[-1])
      }
  }
}

extension Tensor {
  /// Elements of a square matrix divided by the differences between two eigenvalues: 0 on the
  /// diagonal.
  ///
  /// Where eigenvalues are equal, nothing divided by nothing is 0: what does not depend on single
  /// vectors has derivatives even then. Anything else gives an infinity or not-a-number.
  func dividedBetween(_ differences: Tensor) -> Tensor {
    let zero = Tensor(0, elementType: elementType)
    let isNothing = bitwiseOr(
      Tensor.isDiagonal(shape[-1]), bitwiseAnd(equal(differences, zero), equal(self, zero)))
    let one = Tensor(1, elementType: elementType)
    // The division that is not wanted must not be one by zero, whose derivative is not-a-number.
    return select(isNothing, zero, self / select(isNothing, one, differences))
  }
}

/// The singular value decomposition of matrices: `u`, the singular values s in decreasing order, and
/// the transpose of v; the matrix is `u` times the diagonal matrix of s times `vt`.
///
/// Each column of u has a positive largest component (the first, if several are nearly as large),
/// which fixes the signs; NumPy's `linalg.svd` is the same up to them. Vectors of singular values
/// that are equal or zero are not unique.
///
/// The derivative needs different singular values where vectors take part in the result; where only
/// `s` does, its first derivative is right for equal ones too. If the matrix is not square, the
/// vectors' derivatives need singular values other than zero. The full form has a derivative for
/// square matrices only.
///
/// - Parameter full: Whether u and v are completed to square matrices.
/// - Shapes: `[..., m, n]` gives `[..., m, k]`, `[..., k]` and `[..., k, n]`, where k is the smaller
///   of m and n; if full, `[..., m, m]`, `[..., k]` and `[..., n, n]`. `f32` or `f64`.
public func svd(_ a: Tensor, full: Bool = false) -> (u: Tensor, s: Tensor, vt: Tensor) {
  let results = applyAll(SingularValues(isFull: full), [a])
  return (results[0], results[1], results[2])
}

/// The singular values of matrices in decreasing order.
///
/// NumPy: `linalg.svdvals`.
///
/// - Shapes: `[..., m, n]` gives `[..., k]`, where k is the smaller of m and n.
public func singularValues(_ a: Tensor) -> Tensor { svd(a).s.spelled("singularValues", a) }
