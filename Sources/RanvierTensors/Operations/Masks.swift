internal import CKernels

extension Tensor {
  /// The elements at which a mask is true, in order; or the parts at positions.
  ///
  ///     x[greater(x, 0)]         // the positive elements, as a vector
  ///     rows[mask]               // the rows whose element of the mask is true
  ///     rows[Tensor([2, 0])]     // the third row, then the first
  ///
  /// A mask is of type bool and stands for the first axes, whose sizes it must have. How many
  /// elements it picks depends on its own elements, so they must be known: while a function is being
  /// compiled, the result is invalid; see ``replacing(where:with:)`` and ``select(_:_:_:)``.
  ///
  /// Positions are integers and stand for the first axis, from the end if they are negative. Where
  /// they are known, one outside the axis makes the result invalid, otherwise it is clamped.
  /// ``gathered(at:alongAxis:)`` takes parts along any axis.
  ///
  /// Assigning replaces what is picked: a value that has no axis for the picked parts goes to each
  /// of them, also while compiling; another has a part for each. Of equal positions the last counts,
  /// and those that are outside the axis, where they are not known, are passed over.
  ///
  /// - Shapes: `x` of `[m..., r...]` and a mask of `[m...]` give `[picked, r...]`; `x` of
  ///   `[n, r...]` and positions of `[p...]` give `[p..., r...]`.
  public subscript(mask: Tensor) -> Tensor {
    get {
      do throws(OperationError) {
        if mask.elementType.isInteger { return try parts(at: mask) }
        let positions = try picked(by: mask)
        return rowsBehind(mask).gathered(at: positions)
      } catch {
        return Tensor(invalid: error)
      }
    }
    set {
      do throws(OperationError) {
        self =
          mask.elementType.isInteger
          ? try replacing(at: mask, with: newValue) : try replacing(pickedBy: mask, with: newValue)
      } catch {
        self = Tensor(invalid: error)
      }
    }
  }

  /// The tensor with another value where a mask is true; shape and element type stay.
  ///
  /// - Parameters:
  ///   - mask: Of type bool; it broadcasts to the tensor's shape.
  ///   - value: A number, or a tensor that broadcasts to the tensor's shape.
  public func replacing(where mask: Tensor, with value: some TensorOperand) -> Tensor {
    let other = value.tensor(besideType: elementType)
    if let error = error ?? mask.error ?? other.error { return Tensor(invalid: error) }
    guard Shape.broadcast(mask.shape, shape) == shape, Shape.broadcast(other.shape, shape) == shape
    else {
      return Tensor(
        invalid: OperationError(
          operation: "replacing(where:with:)",
          rule: "a mask and a value that broadcast to shape \(shape)",
          got: "\(mask.shape) and \(other.shape)"))
    }
    return select(mask, other.cast(to: elementType), self)
  }

  /// The positions (i64) of the elements that are not zero, in order: one row for each, with a
  /// position for each axis.
  ///
  /// How many there are depends on the elements, so they must be known; while a function is being
  /// compiled, the result is invalid.
  ///
  /// - Shapes: `[count, rank]`.
  /// - Note: `nonzeroPositions().unstacked(alongAxis: 1)` are NumPy's tuple of `nonzero`.
  public func nonzeroPositions() -> Tensor {
    do throws(OperationError) {
      let flat = try cast(to: .bool).positionsOfTrue("nonzeroPositions()")
      let strides = shape.strides
      let columns = (0 ..< rank).map { axis in
        let position = flat / Swift.max(strides[axis], 1)
        return axis == 0 ? position : position - position / shape[axis] * shape[axis]
      }
      if columns.isEmpty { return Tensor.zeros([flat.count, 0], elementType: .int64) }
      return Tensor(stacking: columns, alongAxis: 1)
    } catch {
      return Tensor(invalid: error)
    }
  }

  /// The number (i32) of elements along axes (all by default) that are not zero, or are true.
  public func nonzeroCount(alongAxes axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    cast(to: .bool).sum(alongAxes: axes, keepingAxes: keepingAxes)
      .spelled("nonzeroCount(alongAxes:)", self)
  }
}

extension Tensor {
  /// The tensor, if its elements are known.
  package func known(_ operation: String) throws(OperationError) -> Tensor {
    if let error { throw error }
    guard isConcrete else {
      throw OperationError(
        operation: operation, rule: "elements that are known",
        got: "\(type) while a function is being compiled or vectorized",
        hint: "the result's shape depends on them; do this outside, or use select(_:_:_:)")
    }
    return self
  }

  /// The positions (i64) of true elements, counted through all axes.
  private func positionsOfTrue(_ operation: String) throws(OperationError) -> Tensor {
    let mask = try known(operation)
    let picked = mask.withUnsafeBytes {
      ck_positions_of_true(nil, $0.bindMemory(to: Bool.self).baseAddress, mask.count)
    }
    let storage = Storage(byteCount: picked * ElementType.int64.byteCount)
    mask.withUnsafeBytes {
      _ = ck_positions_of_true(
        storage.address.assumingMemoryBound(to: Int64.self),
        $0.bindMemory(to: Bool.self).baseAddress, mask.count)
    }
    return Tensor(TensorType(.int64, [picked]), storage: storage)
  }

  /// Checks that a mask stands for the first axes.
  private func checkMask(_ mask: Tensor) throws(OperationError) {
    if let error = error ?? mask.error { throw error }
    guard mask.elementType == .bool, shape.sizes.starts(with: mask.shape.sizes) else {
      throw OperationError(
        operation: "x[mask]",
        rule: "a mask (bool) with the sizes of the first axes, or positions (integers)",
        got: "\(mask.type) for shape \(shape)")
    }
  }

  private func picked(by mask: Tensor) throws(OperationError) -> Tensor {
    try checkMask(mask)
    return try mask.positionsOfTrue("x[mask]")
  }

  /// The tensor with one axis in place of those that a mask stands for.
  private func rowsBehind(_ mask: Tensor) -> Tensor {
    reshaped(to: Shape([mask.count] + shape.sizes.dropFirst(mask.rank)))
  }

  private func replacing(
    pickedBy mask: Tensor, with value: Tensor
  ) throws(OperationError) -> Tensor {
    try checkMask(mask)
    let value = try value.validated().cast(to: elementType)
    let rest = Shape(Array(shape.sizes.dropFirst(mask.rank)))
    let aligned = mask.reshaped(
      to: Shape(mask.shape.sizes + [Int](repeating: 1, count: rest.rank)))
    if Shape.broadcast(value.shape, rest) == rest {
      return select(aligned, value, self)
    }
    let positions = try picked(by: mask)
    let parts = Shape([positions.count] + rest.sizes)
    guard Shape.broadcast(value.shape, parts) == parts else {
      throw OperationError(
        operation: "x[mask] = value", rule: "a value that broadcasts to shape \(parts)",
        got: "\(value.shape)", hint: "the mask picks \(positions.count) parts of shape \(rest)")
    }
    guard elementType != .bool else {
      return replacingTruth(pickedBy: mask, with: value)
    }
    let spread: Tensor = apply(
      ScatterAdd(axis: 0, size: mask.count), [value.broadcast(to: parts), positions])
    return select(aligned, spread.reshaped(to: shape), self)
  }

  private func replacingTruth(pickedBy mask: Tensor, with value: Tensor) -> Tensor {
    var numbers = cast(to: .uint8)
    numbers[mask] = value
    return numbers.cast(to: .bool)
  }

  /// Positions along the first axis, counted from its start.
  private func positionsFromStart(_ positions: Tensor) throws(OperationError) -> Tensor {
    if let error = error ?? positions.error { throw error }
    guard let size = shape.sizes.first else {
      throw OperationError(
        operation: "x[positions]", rule: "at least one axis", got: "a scalar")
    }
    let wide = positions.cast(to: .int64)
    let fromStart = select(less(wide, 0), wide + size, wide)
    if positions.isConcrete, positions.count > 0 {
      let isInside = bitwiseAnd(greaterOrEqual(fromStart, 0), less(fromStart, size))
      guard isInside.all().scalar(as: Bool.self) else {
        let first = positions.flattened()[bitwiseNot(isInside).flattened()][0]
        throw OperationError(
          operation: "x[positions]", rule: "positions in \(-size) ..< \(size)",
          got: "\(first.scalar(as: Int.self)) for shape \(shape)")
      }
    }
    return fromStart
  }

  private func parts(at positions: Tensor) throws(OperationError) -> Tensor {
    gathered(at: try positionsFromStart(positions))
  }

  private func replacing(
    at positions: Tensor, with value: Tensor
  ) throws(OperationError) -> Tensor {
    let targets = try positionsFromStart(positions).flattened()
    let rest = Shape(Array(shape.sizes.dropFirst()))
    let parts = Shape(positions.shape.sizes + rest.sizes)
    let value = try value.validated()
    guard Shape.broadcast(value.shape, parts) == parts else {
      throw OperationError(
        operation: "x[positions] = value", rule: "a value that broadcasts to shape \(parts)",
        got: "\(value.shape)")
    }
    if targets.count == 0 { return self }
    let type: ElementType = elementType == .bool ? .uint8 : elementType
    let rows = value.cast(to: elementType).cast(to: type).broadcast(to: parts)
      .reshaped(to: Shape([targets.count] + rest.sizes))
    // Rows for one position would add up, so all but the last are sent beyond the end.
    let order = targets.sortedPositions()
    let sorted = targets.gathered(at: order)
    let isLast = Tensor(
      concatenating: [notEqual(sorted[1...], sorted[..<(-1)]), Tensor([true])])
    let places = select(isLast, sorted, shape[0])
    let scatter = ScatterAdd(axis: 0, size: shape[0])
    let ones = Tensor.ones([targets.count], elementType: .int32)
    let isHit = greater(apply(scatter, [ones, places]), 0).reshaped(
      to: Shape([shape[0]] + rest.sizes.map { _ in 1 }))
    let spread: Tensor = apply(scatter, [rows.gathered(at: order), places])
    return select(isHit, spread.cast(to: elementType), self)
  }
}
