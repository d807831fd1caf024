extension Tensor {
  /// The whole tensor several times along each axis.
  ///
  ///     Tensor([1, 2]).tiled([3])       // 1 2 1 2 1 2
  ///     Tensor([1, 2]).tiled([2, 1])    // two rows
  ///
  /// - Parameter counts: How often along each axis; missing counts of first axes are 1, and missing
  ///   axes have size 1.
  public func tiled(_ counts: [Int]) -> Tensor {
    if error != nil { return self }
    guard counts.allSatisfy({ $0 >= 0 }) else {
      return Tensor(
        invalid: OperationError(
          operation: "tiled(_:)", rule: "counts that are not negative",
          got: "\(counts) for shape \(shape)"))
    }
    let missing = [Int](repeating: 1, count: Swift.max(0, counts.count - rank))
    var result = reshaped(to: Shape(missing + shape.sizes)).spelled("tiled(_:)")
    for (offset, count) in counts.reversed().enumerated() where count != 1 {
      let axis = result.rank - 1 - offset
      // The repetitions are an axis of their own, just before the one that is repeated.
      result = result.repeating(count, before: axis, merging: axis)
      if result.error != nil { return result.spelled("tiled(_:)") }
    }
    return result
  }

  /// Each element several times along an axis.
  ///
  ///     Tensor([1, 2]).repeatingElements(3)    // 1 1 1 2 2 2
  public func repeatingElements(_ count: Int, alongAxis axis: Int = 0) -> Tensor {
    do throws(OperationError) {
      let operation = "repeatingElements(_:alongAxis:)"
      let axis = try normalizedAxes([axis], operation: operation)[0]
      guard count >= 0 else {
        throw OperationError(
          operation: operation, rule: "a count that is not negative",
          got: "\(count) for shape \(shape)")
      }
      return repeating(count, before: axis + 1, merging: axis).spelled(operation)
    } catch {
      return Tensor(invalid: error)
    }
  }

  /// Inserts an axis along which the tensor is repeated, and merges it with the axis `merging`.
  private func repeating(_ count: Int, before position: Int, merging axis: Int) -> Tensor {
    // As three axes, because ranks are limited.
    let (outer, inner) = (
      shape.sizes[..<position].reduce(1, *), shape.sizes[position...].reduce(1, *)
    )
    var sizes = shape.sizes
    let (size, overflow) = sizes[axis].multipliedReportingOverflow(by: count)
    sizes[axis] = overflow ? .max : size
    if let defect = Shape(sizes).defect {
      return Tensor(
        invalid: OperationError(
          operation: "tiled(_:)", rule: "a result of a shape that is possible",
          got: "\(Shape(sizes)) with \(defect)"))
    }
    guard self.count > 0 else {
      return Tensor(repeating: 0, shape: Shape(sizes), elementType: elementType)
    }
    return reshaped(to: [outer, 1, inner]).broadcast(to: [outer, count, inner])
      .reshaped(to: Shape(sizes))
  }
}
