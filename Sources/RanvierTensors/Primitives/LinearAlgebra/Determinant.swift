internal import COpenBLAS

/// Determinants of square matrices.
package struct Determinant: MatrixPrimitive {
  package init() {}

  package var name: String { "determinant" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    try requireMatrix(operands[0], isSquare: true, largestSize: largestDecomposedSize)
    return [
      TensorType(operands[0].elementType, Shape(Array(operands[0].shape.sizes.dropLast(2))))
    ]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    let cofactors: Tensor = apply(Cofactors(), [application.operand])
    return [application.cotangent.asMatrix * cofactors]
  }

  package func evaluate(_ matrices: [ReferenceMatrix]) -> [[Double]]? {
    guard matrices[0].isFinite else { return nil }
    return [[matrices[0].eliminated(.identity(matrices[0].rows)).determinant]]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    MatrixKernel.make(LA_DETERMINANT, "getrf", operands: operands, results: results)
  }

  package static var samples: [PrimitiveSample] {
    ([[3, 3], [2, 2, 2], [1, 1], [0, 0], [0, 3, 3], [2, 0, 0]] as [Shape]).map {
      PrimitiveSample(Determinant(), [.init($0, .dominantDiagonal)])
    } + [PrimitiveSample(Determinant(), [.init([4, 4])])]
  }
}

/// The determinants of square matrices.
///
/// Determinants of large matrices are soon too large or too small for a number; take
/// ``logDeterminant(_:)`` then. The first derivative is right for singular matrices too; second
/// derivatives need an invertible matrix. NumPy: `linalg.det`.
///
/// - Shapes: `[..., n, n]` gives `[...]`, 1 for n = 0; `f32` or `f64`.
public func determinant(_ a: Tensor) -> Tensor { apply(Determinant(), [a]) }
