internal import CKernels

/// Rows of a tensor at given positions of an axis.
///
/// Operands: the tensor, and positions of type i64 and any shape, which takes the axis's place.
/// Positions outside the axis are clamped to it.
package struct Gather: Primitive {
  package let axis: Int

  package init(axis: Int) { self.axis = axis }

  package var name: String { "gather" }
  package var spelling: String { "gathered(at:alongAxis:)" }
  package var description: String { "gather along \(axis)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let sizes = operands[0].shape.sizes
    guard (0 ..< sizes.count).contains(axis), operands[1].elementType == .int64,
      sizes[axis] > 0 || operands[1].shape.count == 0
    else {
      throw OperationError(
        operation: spelling,
        rule: "an axis of the tensor that is not empty, and positions of type i64",
        got: "axis \(axis) of \(operands[0]), positions \(operands[1])")
    }
    let shape = sizes[..<axis] + operands[1].shape.sizes + sizes[(axis + 1)...]
    return [TensorType(operands[0].elementType, Shape(Array(shape)))]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    let shape = application.operands[0].shape
    return [
      application.ifNeeded(0) {
        // Rows in another order go back to where they were, without anything to add up.
        if let places = Gather.inverse(of: application.operands[1], count: shape[axis]) {
          return apply(self, [application.cotangent, places])
        }
        let last = Tensor(Double(Swift.max(shape[axis] - 1, 0)), elementType: .int64)
        let clamped = minimum(maximum(application.operands[1], 0), last)
        return apply(ScatterAdd(axis: axis, size: shape[axis]), [application.cotangent, clamped])
      }, nil,
    ]
  }

  /// The place of each row among positions that are known to be those of all rows, each once.
  private static func inverse(of positions: Tensor, count: Int) -> Tensor? {
    guard positions.isConcrete, positions.shape == [count] else { return nil }
    var places = [Int64?](repeating: nil, count: count)
    for (place, position) in positions.scalars(as: Int.self).enumerated() {
      guard places.indices.contains(position), places[position] == nil else { return nil }
      places[position] = Int64(place)
    }
    return Tensor(places.compactMap { $0 })
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    let (source, positions) = (batch.operands[0], batch.operands[1])
    let rank = batch.rank(1)
    guard batch.isBatched[1] else {
      return applyAll(Gather(axis: axis + 1), batch.operands)
    }
    guard batch.isBatched[0] else {
      // The examples' positions are one more axis of positions.
      return [apply(self, batch.operands).withAxis(axis, movedTo: 0)]
    }
    // The rows of all examples stand one below the other; each finds its own.
    let rows = source.shape[axis + 1]
    let starts = Tensor.range(batch.size, elementType: .int64) * rows
    let ones = [Int](repeating: 1, count: rank)
    let found =
      minimum(maximum(positions, 0), Swift.max(rows - 1, 0))
      + starts.reshaped(to: Shape([batch.size] + ones))
    let table = source.withAxis(axis + 1, movedTo: 1).joiningExamples()
    let gathered: Tensor = apply(Gather(axis: 0), [table, found])
    // [examples, positions..., outer..., inner...]
    let order =
      [0] + (0 ..< axis).map { 1 + rank + $0 } + (0 ..< rank).map { 1 + $0 }
      + ((1 + rank + axis) ..< gathered.rank)
    return [gathered.transposed(permutation: order)]
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    let (source, positions) = (operands[0], operands[1])
    let rank = positions.shape.rank
    return [
      ReferenceArray(resultTypes[0]) { index in
        let position = positions[Array(index[axis ..< axis + rank])]
        let row = Swift.min(Swift.max(Int(position), 0), source.shape[axis] - 1)
        return source[Array(index[..<axis]) + [row] + Array(index[(axis + rank)...])]
      }
    ]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let sizes = operands[0].shape.sizes
    let outer = sizes[..<axis].reduce(1, *)
    let row = sizes[(axis + 1)...].reduce(1, *)
    let (rows, positions) = (sizes[axis], operands[1].shape.count)
    let size = operands[0].elementType.byteCount
    return Kernel("gather") { arguments in
      ck_gather_rows(
        size, arguments[2], arguments[0], arguments[1].assumingMemoryBound(to: Int64.self), outer,
        rows, row, positions)
    }
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Gather(axis: 0), [.init([5, 3]), .init([4], .integers(0, 4), .int64)]),
      PrimitiveSample(
        Gather(axis: 1), [.init([2, 4, 3]), .init([2, 2], .integers(0, 3), .int64)]),
      PrimitiveSample(Gather(axis: 0), [.init([3]), .init([], .integers(-1, 5), .int64)]),
    ]
  }
}

extension Tensor {
  /// The parts of the tensor at positions of an axis; the positions' shape takes the axis's place.
  ///
  /// Positions are integers of any type; those outside the axis are clamped to it: data is not
  /// checked here, because it may not be known yet.
  public func gathered(at positions: Tensor, alongAxis axis: Int = 0) -> Tensor {
    let operation = "gathered(at:alongAxis:)"
    do throws(OperationError) {
      let axis = try normalizedAxes([axis], operation: operation)[0]
      let positions = try positions.asPositions(within: shape[axis], operation: operation)
      return apply(Gather(axis: axis), [self, positions.cast(to: .int64)])
    } catch {
      return Tensor(invalid: error)
    }
  }
}
