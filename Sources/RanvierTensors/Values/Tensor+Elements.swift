extension Tensor {
  /// The elements in row-major order, converted to a number type.
  ///
  /// Traps if the elements are not known (inside `compile`) or the tensor is invalid; see
  /// ``validated()``.
  public func scalars<Scalar: TensorScalar>(as type: Scalar.Type = Float.self) -> [Scalar] {
    let storage = requiredStorage("scalars(as:)")
    if elementType == Scalar.elementType {
      let elements = storage.address.assumingMemoryBound(to: Scalar.self)
      return [Scalar](UnsafeBufferPointer(start: elements, count: count))
    }
    // Integers of 64 bits would lose digits as doubles.
    if elementType.isInteger && Scalar.elementType.isInteger {
      return cast(to: Scalar.elementType).scalars(as: type)
    }
    return (0 ..< count).map {
      Scalar(nearest: elementType.load(from: storage.address, at: $0))
    }
  }

  /// The only element of a tensor of one element.
  ///
  /// Traps if there is not exactly one element, or if it is not known.
  public func scalar<Scalar: TensorScalar>(as type: Scalar.Type = Float.self) -> Scalar {
    // `fatalError` rather than `precondition`, whose text release builds leave out.
    guard error != nil || count == 1 else {
      fatalError("scalar(as:) needs a tensor of one element, got shape \(shape)")
    }
    return scalars(as: type)[0]
  }

  /// The rows of a matrix, converted to a number type: the opposite of `Tensor(_:)` for rows.
  ///
  /// Traps if the tensor is no matrix, or its elements are not known.
  public func rows<Scalar: TensorScalar>(as type: Scalar.Type = Float.self) -> [[Scalar]] {
    guard error != nil || rank == 2 else {
      fatalError("rows(as:) needs a matrix, got shape \(shape)")
    }
    let elements = scalars(as: type)
    let size = shape[1]
    return (0 ..< shape[0]).map { Array(elements[$0 * size ..< ($0 + 1) * size]) }
  }

  /// The matrices of a tensor of rank 3 as their rows, converted to a number type: the opposite of
  /// `Tensor(_:)` for blocks.
  ///
  /// Traps if the rank is another, or the elements are not known.
  public func blocks<Scalar: TensorScalar>(as type: Scalar.Type = Float.self) -> [[[Scalar]]] {
    guard error != nil || rank == 3 else {
      fatalError("blocks(as:) needs a tensor of rank 3, got shape \(shape)")
    }
    let elements = scalars(as: type)
    let (rows, size) = (shape[1], shape[2])
    return (0 ..< shape[0]).map { block in
      (0 ..< rows).map { row in
        Array(elements[(block * rows + row) * size ..< (block * rows + row + 1) * size])
      }
    }
  }

  /// Calls a closure with the tensor's bytes.
  package func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    let storage = requiredStorage("withUnsafeBytes")
    return try withExtendedLifetime(storage) {
      try body(UnsafeRawBufferPointer(start: storage.address, count: type.byteCount))
    }
  }
}

extension Tensor: Equatable {
  /// Whether both tensors have the same type, shape and elements.
  ///
  /// Elements are compared as numbers, so not-a-number differs from itself. Invalid tensors equal
  /// nothing; the elements must be known.
  public static func == (first: Tensor, second: Tensor) -> Bool {
    guard first.error == nil, second.error == nil, first.type == second.type else { return false }
    let a = first.requiredStorage("==").address
    let b = second.requiredStorage("==").address
    func compare<Scalar: TensorScalar>(_: Scalar.Type) -> Bool {
      let left = UnsafeBufferPointer(
        start: a.assumingMemoryBound(to: Scalar.self), count: first.count)
      let right = UnsafeBufferPointer(
        start: b.assumingMemoryBound(to: Scalar.self), count: first.count)
      return left.elementsEqual(right)
    }
    return withExtendedLifetime((first, second)) {
      first.elementType.withScalarType { compare($0) }
    }
  }
}
