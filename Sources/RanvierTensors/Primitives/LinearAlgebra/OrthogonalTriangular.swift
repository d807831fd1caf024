internal import COpenBLAS

/// QR decompositions: orthonormal columns times an upper triangular matrix.
package struct OrthogonalTriangular: MatrixPrimitive {
  /// Whether Q is completed to a square matrix.
  package let isComplete: Bool

  package init(isComplete: Bool = false) { self.isComplete = isComplete }

  package var name: String { "qr" }
  package var description: String { name + (isComplete ? " complete" : "") }
  package var resultCount: Int { 2 }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    try requireMatrix(operands[0], isSquare: false)
    let shape = operands[0].shape
    let width = isComplete ? shape[-2] : Swift.min(shape[-2], shape[-1])
    return [(shape[-2], width), (width, shape[-1])].map { rows, columns in
      TensorType(
        operands[0].elementType, Shape(Array(shape.sizes.dropLast(2)) + [rows, columns]))
    }
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    let matrix = application.operand
    let (q, r) = (application.results[0], application.results[1])
    let (cotangentQ, cotangentR) = (application.cotangents[0], application.cotangents[1])
    let (rows, columns) = (matrix.shape[-2], matrix.shape[-1])
    if rows >= columns {
      guard q.shape[-1] == columns else {
        return [
          Tensor(
            invalid: OperationError(
              operation: "the derivative of qr",
              rule: "the reduced form, or no more rows than columns",
              got: "the complete form of shape \(matrix.shape)",
              hint: "the columns that complete Q are not functions of the matrix"))
        ]
      }
      return [OrthogonalTriangular.pullback(q, r, cotangentQ, cotangentR)]
    }
    // A = [X Y] = Q [U V]: X = Q U is a decomposition by itself, and V = Qᵀ Y.
    let right = rows ..< columns
    let y = matrix.sliced(right, alongAxis: matrix.rank - 1)
    let cotangentV = cotangentR.sliced(right, alongAxis: matrix.rank - 1)
    let cotangentX = OrthogonalTriangular.pullback(
      q, r.sliced(0 ..< rows, alongAxis: matrix.rank - 1),
      cotangentQ + product(y, cotangentV, transposingRight: true),
      cotangentR.sliced(0 ..< rows, alongAxis: matrix.rank - 1))
    return [
      Tensor(concatenating: [cotangentX, product(q, cotangentV)], alongAxis: -1)
    ]
  }

  /// The cotangent for no more columns than rows: `(G + Q copyltu(M)) R⁻ᵀ`, `M = R Hᵀ - Gᵀ Q`, with
  /// the cotangents G of Q and H of R; copyltu mirrors the lower triangle.
  ///
  /// Source: Walter and Lehmann 2018, "Algorithmic differentiation of linear algebra functions".
  private static func pullback(
    _ q: Tensor, _ r: Tensor, _ cotangentQ: Tensor, _ cotangentR: Tensor
  ) -> Tensor {
    let inner =
      product(r, cotangentR, transposingRight: true)
      - product(cotangentQ, q, transposingLeft: true)
    let mirrored = inner.lowerTriangle() + inner.lowerTriangle(offset: -1).matrixTransposed
    let left = cotangentQ + product(q, mirrored)
    let solved: Tensor = apply(TriangularSolve(isLower: false), [r, left.matrixTransposed])
    return solved.matrixTransposed
  }

  package func evaluate(_ matrices: [ReferenceMatrix]) -> [[Double]]? {
    let a = matrices[0]
    guard a.isFinite else { return nil }
    let count = isComplete ? a.rows : Swift.min(a.rows, a.columns)
    let q = a.orthonormalized(count: count)
    let r = q.transposed * a
    return [
      q.elements, ReferenceMatrix(r.rows, r.columns) { $0 > $1 ? 0 : r[$0, $1] }.elements,
    ]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    MatrixKernel.make(LA_QR, "gelqf, orglq", operands: operands, results: results) {
      $0.full = isComplete
    }
  }

  package static var samples: [PrimitiveSample] {
    let shapes: [Shape] = [
      [3, 3], [2, 4, 2], [2, 4], [1, 1], [3, 1], [1, 3], [0, 3], [3, 0], [0, 3, 2],
    ]
    return shapes.map { PrimitiveSample(OrthogonalTriangular(), [.init($0, .dominantDiagonal)]) }
      // One column more is determined up to its sign, several are not.
      + [[3, 2], [2, 3, 3], [2, 4], [3, 0], [0, 2]].map {
        PrimitiveSample(
          OrthogonalTriangular(isComplete: true), [.init($0, .dominantDiagonal)],
          isDifferentiable: $0[-2] <= $0[-1])
      }
  }
}

/// The QR decomposition of matrices: Q with orthonormal columns, and the upper triangular R, whose
/// product is the matrix.
///
/// The diagonal of R is not negative, which makes the decomposition of a matrix of full rank unique.
/// NumPy's `linalg.qr` is the same up to the signs of Q's columns and R's rows.
///
/// The derivative needs linearly independent columns (the first m, if there are more columns than
/// rows); that of the complete form exists only where it equals the reduced one.
///
/// - Parameter complete: Whether Q is completed to a square matrix, and R by rows of zeros.
/// - Shapes: `[..., m, n]` gives `[..., m, k]` and `[..., k, n]`, where k is the smaller of m and n,
///   or m if complete. `f32` or `f64`.
public func qr(_ a: Tensor, complete: Bool = false) -> (q: Tensor, r: Tensor) {
  let results = applyAll(OrthogonalTriangular(isComplete: complete), [a])
  return (results[0], results[1])
}
