internal import COpenBLAS
internal import Foundation

/// Signs, and logarithms of the absolute values, of determinants.
package struct LogDeterminant: MatrixPrimitive {
  package init() {}

  package var name: String { "logDeterminant" }
  package var resultCount: Int { 2 }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    try requireMatrix(operands[0], isSquare: true)
    let type = TensorType(
      operands[0].elementType, Shape(Array(operands[0].shape.sizes.dropLast(2))))
    return [type, type]
  }

  // The sign is constant between singular matrices.
  package func pullback(_ application: Application) -> [Tensor?] {
    let matrix = application.operand
    let identity = Tensor.identityMatrix(matrix.shape[-1], elementType: matrix.elementType)
    return [
      apply(
        LinearSolve(isTransposed: true), [matrix, application.cotangents[1].asMatrix * identity])
    ]
  }

  package func evaluate(_ matrices: [ReferenceMatrix]) -> [[Double]]? {
    guard matrices[0].isFinite else { return nil }
    let value = matrices[0].eliminated(.identity(matrices[0].rows)).determinant
    return [[value == 0 ? 0 : value < 0 ? -1 : 1], [Foundation.log(Swift.abs(value))]]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    MatrixKernel.make(LA_LOG_DETERMINANT, "getrf", operands: operands, results: results)
  }

  package static var samples: [PrimitiveSample] {
    ([[3, 3], [2, 2, 2], [1, 1], [0, 0], [0, 3, 3], [2, 0, 0]] as [Shape]).map {
      PrimitiveSample(LogDeterminant(), [.init($0, .dominantDiagonal)])
    }
  }
}

/// The sign of each matrix's determinant, and the logarithm of its absolute value.
///
/// A singular matrix gives 0 and negative infinity, and a derivative of not-a-number. NumPy:
/// `linalg.slogdet`.
///
/// - Shapes: `[..., n, n]` gives two of `[...]`; `f32` or `f64`.
public func logDeterminant(_ a: Tensor) -> (sign: Tensor, logarithm: Tensor) {
  let results = applyAll(LogDeterminant(), [a])
  return (results[0], results[1])
}
