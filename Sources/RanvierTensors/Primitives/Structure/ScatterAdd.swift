internal import CKernels

/// Sums of rows by position: the derivative of gathering.
///
/// Operands: the rows, and their positions (i64), whose shape stands in the rows' shape at `axis`;
/// the result has `size` positions there.
package struct ScatterAdd: Primitive {
  package let axis: Int
  package let size: Int

  package init(axis: Int, size: Int) {
    self.axis = axis
    self.size = size
  }

  package var name: String { "scatter_add" }
  package var spelling: String { "scatterAdding(_:at:alongAxis:)" }
  package var description: String { "scatter_add along \(axis) into \(size)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let sizes = operands[0].shape.sizes
    let positions = operands[1].shape.sizes
    let end = axis + positions.count
    guard axis >= 0, size >= 0, end <= sizes.count, Array(sizes[axis ..< end]) == positions,
      operands[1].elementType == .int64, operands[0].elementType != .bool
    else {
      throw OperationError(
        operation: spelling,
        rule: "numbers, and positions (i64) whose shape stands in theirs at the axis",
        got: "\(operands[0]), positions \(operands[1]), axis \(axis)")
    }
    return [
      TensorType(operands[0].elementType, Shape(Array(sizes[..<axis] + [size] + sizes[end...])))
    ]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    [
      application.ifNeeded(0) {
        // Rows whose position lies outside were skipped; their cotangent is zero.
        let positions = application.operands[1]
        let shape = application.operands[0].shape
        let rows: Tensor = apply(Gather(axis: axis), [application.cotangent, positions])
        let inside = bitwiseAnd(greaterOrEqual(positions, 0), less(positions, size))
        let trailing = [Int](repeating: 1, count: shape.rank - axis - positions.rank)
        let mask = inside.reshaped(to: Shape(positions.shape.sizes + trailing))
        return select(mask, rows, Tensor(0, elementType: rows.elementType))
      }, nil,
    ]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    guard batch.isBatched[1] else {
      return applyAll(ScatterAdd(axis: axis + 1, size: size), batch.operands)
    }
    // The results of all examples stand one below the other; rows outside stay outside.
    let (rows, positions) = (batch.repeated(0), batch.operands[1])
    let rank = batch.rank(1)
    let starts = Tensor.range(batch.size, elementType: .int64) * size
    let ones = [Int](repeating: 1, count: rank)
    let inside = bitwiseAnd(greaterOrEqual(positions, 0), less(positions, size))
    let found = select(
      inside, positions + starts.reshaped(to: Shape([batch.size] + ones)), Tensor(Int64(-1)))
    // [examples, positions..., outer..., inner...]
    let order =
      [0] + (0 ..< rank).map { 1 + axis + $0 } + (0 ..< axis).map { 1 + $0 }
      + ((1 + axis + rank) ..< rows.rank)
    let sums: Tensor = apply(
      ScatterAdd(axis: 0, size: batch.size * size), [rows.transposed(permutation: order), found])
    return [sums.separatingExamples(batch.size).withAxis(1, movedTo: axis + 1)]
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    let (rows, positions) = (operands[0], operands[1])
    let rank = positions.shape.rank
    var result = ReferenceArray(resultTypes[0]) { _ in 0 }
    for index in rows.shape.indices {
      let position = Int(positions[Array(index[axis ..< axis + rank])])
      guard (0 ..< size).contains(position) else { continue }
      result[Array(index[..<axis]) + [position] + Array(index[(axis + rank)...])] += rows[index]
    }
    return [result]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let sizes = operands[0].shape.sizes
    let positions = operands[1].shape
    let outer = sizes[..<axis].reduce(1, *)
    let row = sizes[(axis + positions.rank)...].reduce(1, *)
    let type = operands[0].elementType.ckType
    let (count, rows) = (positions.count, size)
    return Kernel("scatter add") { arguments in
      ck_scatter_add_rows(
        type, arguments[2], arguments[0], arguments[1].assumingMemoryBound(to: Int64.self), outer,
        rows, row, count)
    }
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(
        ScatterAdd(axis: 0, size: 4), [.init([5, 3]), .init([5], .integers(0, 3), .int64)]),
      PrimitiveSample(
        ScatterAdd(axis: 1, size: 3), [.init([2, 2, 2]), .init([2], .integers(-1, 3), .int64)]),
      PrimitiveSample(
        ScatterAdd(axis: 0, size: 2), [.init([2, 2, 3]), .init([2, 2], .integers(0, 1), .int64)]),
    ]
  }
}
