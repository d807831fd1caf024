extension Tensor {
  /// A block of the tensor that begins at positions which may be tensors, so that they may be
  /// unknown until the block is taken.
  ///
  ///     cache.slice(at: [step, 0], sizes: [1, 64])
  ///
  /// Starts are clamped so that the block lies within the tensor: a start of -1 is 0 and does not
  /// count from the end.
  ///
  /// - Parameters:
  ///   - starts: One per axis: scalar tensors of integers, or numbers.
  ///   - sizes: The block's size along each axis.
  /// - Shapes: The result has the given sizes.
  public func slice(at starts: [any TensorOperand], sizes: [Int]) -> Tensor {
    do throws(OperationError) {
      let positions = try scalarPositions(starts, operation: "slice(at:sizes:)")
      return apply(DynamicSlice(sizes: sizes), [self] + positions)
    } catch {
      return Tensor(invalid: error)
    }
  }

  /// The tensor with a block replaced that begins at positions which may be tensors, so that they
  /// may be unknown until the block is written.
  ///
  ///     cache.updated(with: key.expandedDimension(at: 0), at: [step, 0])
  ///
  /// Starts are clamped so that the block lies within the tensor. Compiled code writes the block in
  /// place where nothing else needs the old elements.
  ///
  /// - Parameters:
  ///   - block: The new elements, of the tensor's rank and no larger along any axis; they are
  ///     converted to the tensor's element type.
  ///   - starts: One per axis: scalar tensors of integers, or numbers.
  /// - Shapes: The result has the tensor's shape.
  public func updated(with block: Tensor, at starts: [any TensorOperand]) -> Tensor {
    do throws(OperationError) {
      let positions = try scalarPositions(starts, operation: "updated(with:at:)")
      return apply(DynamicUpdate(), [self, block.cast(to: elementType)] + positions)
    } catch {
      return Tensor(invalid: error)
    }
  }

  /// One scalar (i64) per axis.
  private func scalarPositions(
    _ starts: [any TensorOperand], operation: String
  ) throws(OperationError) -> [Tensor] {
    if let error { throw error }
    guard starts.count == rank else {
      throw OperationError(
        operation: operation, rule: "one start per axis",
        got: "\(starts.count) starts for shape \(shape)")
    }
    var positions: [Tensor] = []
    for (axis, start) in starts.enumerated() {
      let tensor = start.tensor(besideType: start is Int ? .int64 : nil)
      let position = try tensor.asPositions(within: shape[axis], operation: operation)
      guard position.rank == 0 else {
        throw OperationError(
          operation: operation, rule: "starts that are scalars",
          got: "\(tensor.type) for axis \(axis)")
      }
      positions.append(position.cast(to: .int64))
    }
    return positions
  }
}
