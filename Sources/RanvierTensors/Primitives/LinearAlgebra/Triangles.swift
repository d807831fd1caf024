extension Tensor {
  /// The elements on and below a diagonal of each matrix; zeros above it.
  ///
  /// Works on the last two axes and for every element type. NumPy: `tril(x, k)`.
  ///
  /// - Parameter offset: The diagonal: 0 for the main one, positive ones lie above it, negative
  ///   ones below.
  public func lowerTriangle(offset: Int = 0) -> Tensor {
    triangle("lowerTriangle", offset) { lessOrEqual($0, $1) }
  }

  /// The elements on and above a diagonal of each matrix; zeros below it.
  ///
  /// Works on the last two axes and for every element type. NumPy: `triu(x, k)`.
  ///
  /// - Parameter offset: The diagonal: 0 for the main one, positive ones lie above it, negative
  ///   ones below.
  public func upperTriangle(offset: Int = 0) -> Tensor {
    triangle("upperTriangle", offset) { greaterOrEqual($0, $1) }
  }

  private func triangle(
    _ name: String, _ offset: Int, _ isKept: (Tensor, Tensor) -> Tensor
  ) -> Tensor {
    if error != nil { return self }
    guard rank >= 2 else {
      return Tensor(
        invalid: OperationError(
          operation: name, rule: "matrices in the last two axes", got: "shape \(shape)"))
    }
    let mask = isKept(
      Tensor.diagonalNumbers(rows: shape[-2], columns: shape[-1]), Tensor(Int64(offset)))
    return select(mask, self, Tensor(0, elementType: elementType))
  }

  /// For each position of a matrix, the diagonal it lies on: column minus row.
  private static func diagonalNumbers(rows: Int, columns: Int) -> Tensor {
    range(columns, elementType: .int64).asRow - range(rows, elementType: .int64).asColumn
  }

  /// Whether a position of a matrix lies on the main diagonal.
  static func isDiagonal(_ size: Int) -> Tensor {
    equal(diagonalNumbers(rows: size, columns: size), Tensor(Int64(0)))
  }

  /// The identity matrix.
  static func identityMatrix(_ size: Int, elementType: ElementType) -> Tensor {
    isDiagonal(size).cast(to: elementType)
  }

  /// The main diagonals of square matrices.
  var matrixDiagonal: Tensor {
    select(Tensor.isDiagonal(shape[-1]), self, Tensor(0, elementType: elementType))
      .sum(alongAxes: [-1])
  }

  /// Diagonal matrices with a vector's elements.
  var asDiagonalMatrix: Tensor {
    select(Tensor.isDiagonal(shape[-1]), asColumn, Tensor(0, elementType: elementType))
  }

  /// The means of square matrices and their transposes.
  var symmetricPart: Tensor { (self + matrixTransposed) * 0.5 }
}
