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
