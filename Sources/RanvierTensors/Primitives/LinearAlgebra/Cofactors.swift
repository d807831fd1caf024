internal import COpenBLAS

/// Cofactors of square matrices: the derivative of the determinant, `det(A) A⁻ᵀ`, continued to
/// singular matrices.
package struct Cofactors: MatrixPrimitive {
  package init() {}

  package var name: String { "cofactors" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    try requireMatrix(operands[0], isSquare: true, largestSize: largestDecomposedSize)
    return [operands[0]]
  }

  // From C = det(A) A⁻ᵀ: dC = <C, dA> A⁻ᵀ - C dAᵀ A⁻ᵀ.
  package func pullback(_ application: Application) -> [Tensor?] {
    let cofactors = application.result
    // A⁻ᵀ Gᵀ for the cotangent G; its trace is <G, A⁻ᵀ>.
    let solved: Tensor = apply(
      LinearSolve(isTransposed: true),
      [application.operand, application.cotangent.matrixTransposed])
    let trace = solved.matrixDiagonal.sum(alongAxes: [-1])
    return [trace.asMatrix * cofactors - product(solved, cofactors)]
  }

  package func evaluate(_ matrices: [ReferenceMatrix]) -> [[Double]]? {
    let a = matrices[0]
    guard a.isFinite else { return nil }
    let cofactors = ReferenceMatrix(a.rows, a.rows) { row, column in
      let minor = ReferenceMatrix(a.rows - 1, a.rows - 1) {
        a[$0 < row ? $0 : $0 + 1, $1 < column ? $1 : $1 + 1]
      }
      let value = minor.eliminated(.identity(a.rows - 1)).determinant
      return (row + column) % 2 == 0 ? value : -value
    }
    return [cofactors.elements]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    MatrixKernel.make(LA_COFACTORS, "gesdd", operands: operands, results: results)
  }

  package static var samples: [PrimitiveSample] {
    ([[3, 3], [2, 2, 2], [1, 1], [0, 0], [0, 3, 3]] as [Shape]).map {
      PrimitiveSample(Cofactors(), [.init($0, .dominantDiagonal)])
    } + [PrimitiveSample(Cofactors(), [.init([4, 4], .integers(-1, 1))], isDifferentiable: false)]
  }
}
