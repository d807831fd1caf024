internal import COpenBLAS

/// Solutions of systems of equations with triangular matrices, of which the other triangle is not
/// read.
package struct TriangularSolve: SystemPrimitive {
  package let isLower: Bool
  package let isTransposed: Bool
  /// Whether the diagonal counts as ones and is not read either.
  package let hasUnitDiagonal: Bool

  package init(isLower: Bool, isTransposed: Bool = false, hasUnitDiagonal: Bool = false) {
    self.isLower = isLower
    self.isTransposed = isTransposed
    self.hasUnitDiagonal = hasUnitDiagonal
  }

  package var name: String { "triangularSolve" }
  package var description: String {
    name + (isLower ? " lower" : " upper") + (isTransposed ? " transposed" : "")
      + (hasUnitDiagonal ? " unit diagonal" : "")
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    let matrix = application.operands[0]
    let solution = application.result
    let right: Tensor = apply(
      TriangularSolve(
        isLower: isLower, isTransposed: !isTransposed, hasUnitDiagonal: hasUnitDiagonal),
      [matrix, application.cotangent])
    return [
      application.ifNeeded(0) {
        let whole =
          isTransposed
          ? product(solution, right, transposingRight: true)
          : product(right, solution, transposingRight: true)
        let offset = hasUnitDiagonal ? 1 : 0
        return
          -(isLower ? whole.lowerTriangle(offset: -offset) : whole.upperTriangle(offset: offset))
      },
      right,
    ]
  }

  package func evaluate(_ matrices: [ReferenceMatrix]) -> [[Double]]? {
    var a = matrices[0]
    for row in 0 ..< a.rows {
      for column in 0 ..< a.rows {
        if isLower ? column > row : column < row { a[row, column] = 0 }
        if row == column && hasUnitDiagonal { a[row, column] = 1 }
      }
    }
    if isTransposed { a = a.transposed }
    var x = matrices[1]
    let startsAbove = isLower != isTransposed
    for column in 0 ..< x.columns {
      for step in 0 ..< a.rows {
        let row = startsAbove ? step : a.rows - 1 - step
        let known = startsAbove ? 0 ..< row : row + 1 ..< a.rows
        let sum = known.reduce(x[row, column]) { $0 - a[row, $1] * x[$1, column] }
        x[row, column] = sum / a[row, row]
      }
    }
    return [x.elements]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    MatrixKernel.make(LA_TRIANGULAR_SOLVE, "trsm", operands: operands, results: results) {
      $0.lower = isLower
      $0.transposed = isTransposed
      $0.unit = hasUnitDiagonal
    }
  }

  package static var samples: [PrimitiveSample] {
    var samples: [PrimitiveSample] = []
    for isLower in [true, false] {
      for isTransposed in [true, false] {
        for hasUnitDiagonal in [true, false] {
          samples.append(
            PrimitiveSample(
              TriangularSolve(
                isLower: isLower, isTransposed: isTransposed, hasUnitDiagonal: hasUnitDiagonal),
              [.init([2, 3, 3], .dominantDiagonal), .init([2, 3, 2])]))
        }
      }
    }
    let solve = TriangularSolve(isLower: true)
    for (left, right) in [([1, 1], [1, 4]), ([0, 0], [0, 2]), ([3, 3], [3, 0])] as [(Shape, Shape)]
    {
      samples.append(PrimitiveSample(solve, [.init(left, .dominantDiagonal), .init(right)]))
    }
    return samples
  }
}

/// The solution x of `a x = b`, or `aᵀ x = b`, for triangular matrices a.
///
/// The other triangle is not read; zeros on the diagonal give infinities and not-a-number. Batch
/// axes broadcast. A system `x a = b` is `aᵀ xᵀ = bᵀ`. SciPy: `linalg.solve_triangular`; JAX:
/// `scipy.linalg.solve_triangular`.
///
/// - Shapes: `[..., n, n]` and `[..., n, k]` give `[..., n, k]`; a vector `[n]` gives vectors
///   `[..., n]`. `f32` or `f64`.
public func triangularSolve(
  _ a: Tensor, _ b: Tensor, lower: Bool = true, transposed: Bool = false, unitDiagonal: Bool = false
) -> Tensor {
  TriangularSolve(isLower: lower, isTransposed: transposed, hasUnitDiagonal: unitDiagonal)
    .solved(a, b)
}
