/// A primitive that solves systems of equations: operands are square matrices and right-hand sides
/// with the same batch axes, the result are the solutions.
package protocol SystemPrimitive: MatrixPrimitive {}

extension SystemPrimitive {
  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let (left, right) = (operands[0], operands[1])
    try requireMatrix(left, isSquare: true)
    guard right.elementType == left.elementType, right.shape.rank == left.shape.rank,
      right.shape.sizes.dropLast(2) == left.shape.sizes.dropLast(2)
    else {
      throw OperationError(
        operation: name, rule: "a right-hand side of the same type and batch axes",
        got: "\(left) and \(right)")
    }
    guard right.shape[-2] == left.shape[-1], right.shape[-1] <= Int(Int32.max) else {
      throw OperationError(
        operation: name, rule: "a right-hand side with as many rows as the matrix",
        got: "\(left.shape) and \(right.shape) (\(left.shape[-1]) ≠ \(right.shape[-2]))")
    }
    return [right]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    if batch.isBatched[0] {
      return applyAll(self, batch.operands.indices.map { batch.repeated($0) })
    }
    return [solved(batch.operands[0], forAll: batch.operands[1])]
  }

  /// The solutions of the same systems for a batch of right-hand sides along an additional first
  /// axis: they become columns, so that each matrix is factorized once.
  private func solved(_ matrix: Tensor, forAll right: Tensor) -> Tensor {
    let order = Array(1 ..< right.rank) + [0]
    let columns = right.transposed(permutation: order)
    let sizes = columns.shape.sizes
    let joined = Shape(sizes.dropLast(2) + [sizes[sizes.count - 2] * sizes[sizes.count - 1]])
    let solution: Tensor = apply(self, [matrix, columns.reshaped(to: joined)])
    return solution.reshaped(to: columns.shape).transposed(
      permutation: [right.rank - 1] + Array(0 ..< right.rank - 1))
  }

  /// The solution with promotion and broadcasting, and for vectors too.
  func solved(_ matrix: Tensor, _ right: Tensor) -> Tensor {
    let (a, b) = promoted(matrix, right)
    if let error = a.error ?? b.error { return Tensor(invalid: error) }
    func invalid(_ rule: String, _ sizes: String = "") -> Tensor {
      Tensor(
        invalid: OperationError(
          operation: name, rule: rule, got: "\(a.shape) and \(b.shape)\(sizes)"))
    }
    guard a.rank >= 2, b.rank >= 1 else {
      return invalid("matrices, and a right-hand side of rank 1 or more")
    }
    if b.rank == 1 {
      guard b.count == a.shape[-1] || a.shape[-2] != a.shape[-1] else {
        return invalid(
          "a right-hand side with as many rows as the matrix", " (\(a.shape[-1]) ≠ \(b.count))")
      }
      return solved(a, b.asColumn).squeezed(axes: [-1])
    }
    if a.rank == 2 && b.rank > 2 {
      let examples = b.shape.sizes.dropLast(2).reduce(1, *)
      return solved(a, forAll: b.reshaped(to: Shape([examples] + b.shape.sizes.suffix(2))))
        .reshaped(to: b.shape)
    }
    let batches = [a, b].map { Shape(Array($0.shape.sizes.dropLast(2))) }
    guard let batch = Shape.broadcast(batches[0], batches[1]) else {
      return invalid("batch axes that broadcast")
    }
    return apply(
      self, [a, b].map { $0.broadcast(to: Shape(batch.sizes + $0.shape.sizes.suffix(2))) })
  }
}
