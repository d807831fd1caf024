extension Tensor {
  /// The tensor with rows added at positions of an axis; rows for the same position add up.
  ///
  ///     result = x; for each i: result[positions[i]] += rows[i]   // along axis 0
  ///
  /// Rows whose position lies outside the axis are skipped: data is not checked here, because it
  /// may not be known yet. Terms are added in the order of positions, on any number of threads.
  ///
  /// - Parameters:
  ///   - rows: What is added; it broadcasts to the shape that
  ///     `gathered(at: positions, alongAxis: axis)` has.
  ///   - positions: Integers of any shape, which takes the axis's place.
  ///   - axis: The axis.
  /// - Note: JAX writes `x.at[positions].add(rows)`.
  public func scatterAdding(
    _ rows: some TensorOperand, at positions: Tensor, alongAxis axis: Int = 0
  ) -> Tensor {
    let operation = "scatterAdding(_:at:alongAxis:)"
    do throws(OperationError) {
      let axis = try normalizedAxes([axis], operation: operation)[0]
      let positions = try positions.asPositions(within: shape[axis], operation: operation)
      let sizes = shape.sizes[..<axis] + positions.shape.sizes + shape.sizes[(axis + 1)...]
      let terms = try self.terms(rows, Shape(Array(sizes)), operation)
      return self
        + apply(
          ScatterAdd(axis: axis, size: shape[axis]), [terms, positions.cast(to: .int64)])
    } catch {
      return Tensor(invalid: error)
    }
  }

  /// The tensor with elements added at positions along an axis, each element with a position of
  /// its own.
  ///
  ///     result = x; for each i, j: result[i, positions[i, j]] += elements[i, j]   // along axis 1
  ///
  /// Elements whose position lies outside the axis are skipped. Terms for the same position are
  /// added in order, on any number of threads.
  ///
  /// - Parameters:
  ///   - elements: What is added; it broadcasts to the positions' shape.
  ///   - positions: Integers, of the tensor's shape but for the axis.
  ///   - axis: The axis.
  public func scatterAddingElements(
    _ elements: some TensorOperand, at positions: Tensor, alongAxis axis: Int = -1
  ) -> Tensor {
    let operation = "scatterAddingElements(_:at:alongAxis:)"
    do throws(OperationError) {
      let axis = try normalizedAxes([axis], operation: operation)[0]
      let positions = try positions.asPositions(within: shape[axis], operation: operation)
      guard positions.rank == rank,
        (0 ..< rank).allSatisfy({ $0 == axis || positions.shape[$0] == shape[$0] })
      else {
        throw OperationError(
          operation: operation, rule: "positions of the tensor's shape but for the axis",
          got: "positions \(positions.shape) along axis \(axis) of shape \(shape)",
          hint: "scatterAdding(_:at:alongAxis:) adds whole rows")
      }
      let terms = try self.terms(elements, positions.shape, operation)
      return self + apply(ScatterAddElements(axis: axis, size: shape[axis]), [terms, positions])
    } catch {
      return Tensor(invalid: error)
    }
  }

  /// What is scattered, in this tensor's type and a given shape.
  private func terms(
    _ operand: some TensorOperand, _ wanted: Shape, _ operation: String
  ) throws(OperationError) -> Tensor {
    let tensor = try operand.tensor(besideType: elementType).validated()
    guard elementType != .bool else {
      throw OperationError(
        operation: operation, rule: "a tensor of numbers", got: "\(type)")
    }
    guard Shape.broadcast(tensor.shape, wanted) == wanted else {
      throw OperationError(
        operation: operation, rule: "terms that broadcast to shape \(wanted)", got: "\(tensor.type)"
      )
    }
    return tensor.cast(to: elementType).broadcast(to: wanted)
  }
}
