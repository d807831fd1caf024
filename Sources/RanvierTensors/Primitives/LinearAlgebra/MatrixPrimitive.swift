/// A primitive that works on each matrix of a batch: the last two axes are rows and columns, those
/// before them are batch axes, which all operands and results share.
///
/// A matrix with elements that are not finite gives results of not-a-number, unless the file says
/// otherwise.
package protocol MatrixPrimitive: Primitive {
  /// The elements of each result for one matrix of each operand, row by row, in the plainest way;
  /// `nil` if there is no result, which is not-a-number then.
  func evaluate(_ matrices: [ReferenceMatrix]) -> [[Double]]?
}

extension MatrixPrimitive {
  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    applyAll(self, batch.operands.indices.map { batch.repeated($0) })
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    let batch = operands[0].shape.sizes.dropLast(2).reduce(1, *)
    var elements = [[Double]](repeating: [], count: resultTypes.count)
    for index in 0 ..< batch {
      let results = evaluate(operands.map { ReferenceMatrix(index, of: $0, batch: batch) })
      for (result, type) in resultTypes.enumerated() {
        let count = type.shape.count / batch
        elements[result] += results?[result] ?? [Double](repeating: .nan, count: count)
      }
    }
    return zip(resultTypes, elements).map { ReferenceArray($0, $1) }
  }

  /// Checks the operand that is decomposed.
  ///
  /// - Parameter largestSize: LAPACK counts the elements of its workspace in 32 bits; where that
  ///   grows with the square of the smaller size, the size is limited.
  func requireMatrix(
    _ type: TensorType, isSquare: Bool, largestSize: Int = Int(Int32.max)
  ) throws(OperationError) {
    guard type.elementType == .float32 || type.elementType == .float64 else {
      throw OperationError(
        operation: name, rule: "elements of type f32 or f64", got: "\(type)",
        hint: "convert with cast(to: .float32)")
    }
    guard type.shape.rank >= 2 else {
      throw OperationError(
        operation: name, rule: "matrices in the last two axes", got: "shape \(type.shape)")
    }
    let (rows, columns) = (type.shape[-2], type.shape[-1])
    guard !isSquare || rows == columns else {
      throw OperationError(
        operation: name, rule: "square matrices in the last two axes", got: "shape \(type.shape)")
    }
    guard Swift.min(rows, columns) <= largestSize, Swift.max(rows, columns) <= Int(Int32.max)
    else {
      throw OperationError(
        operation: name, rule: "matrices of at most \(largestSize) rows or columns",
        got: "shape \(type.shape)")
    }
  }
}

/// The largest smaller size of a matrix whose decomposition needs workspace of its square.
let largestDecomposedSize = 20_000

/// The product of two matrices of each batch, either transposed.
func product(
  _ left: Tensor, _ right: Tensor, transposingLeft: Bool = false, transposingRight: Bool = false
) -> Tensor {
  apply(
    MatrixProduct(transposesLeft: transposingLeft, transposesRight: transposingRight),
    [left, right])
}

extension Tensor {
  /// The matrices of the last two axes, transposed.
  var matrixTransposed: Tensor { swappedAxes(-2, -1) }

  /// A vector's elements as factors of the columns of matrices.
  var asRow: Tensor { expandedDimension(at: -2) }

  /// A vector's elements as factors of the rows of matrices.
  var asColumn: Tensor { expandedDimension(at: -1) }

  /// A number's element as a factor of matrices.
  var asMatrix: Tensor { asColumn.asColumn }
}
