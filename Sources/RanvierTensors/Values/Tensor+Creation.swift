internal import CKernels

extension Tensor {
  /// Creates a tensor from its elements in row-major order.
  ///
  /// The result is invalid if the number of elements differs from the shape's.
  public init<Scalar: TensorScalar>(_ scalars: [Scalar], shape: Shape) {
    guard shape.defect == nil, scalars.count == shape.count else {
      self.init(
        invalid: OperationError(
          operation: "Tensor(_:shape:)", rule: "as many elements as the shape has",
          got: "\(scalars.count) elements for shape \(shape)"))
      return
    }
    let storage = Storage(byteCount: scalars.count * Scalar.elementType.byteCount)
    scalars.withUnsafeBytes {
      if let source = $0.baseAddress, !$0.isEmpty {
        storage.address.copyMemory(from: source, byteCount: $0.count)
      }
    }
    self.init(TensorType(Scalar.elementType, shape), storage: storage)
  }

  /// Creates a vector.
  public init<Scalar: TensorScalar>(_ scalars: [Scalar]) {
    self.init(scalars, shape: [scalars.count])
  }

  /// Creates a matrix from its rows.
  ///
  /// The result is invalid if rows differ in length.
  public init<Scalar: TensorScalar>(_ rows: [[Scalar]]) {
    self.init(
      nesting: rows.map { Tensor($0) }, empty: TensorType(Scalar.elementType, [0]))
  }

  /// Creates a tensor of rank 3 from nested arrays.
  ///
  /// The result is invalid if arrays of one level differ in length.
  public init<Scalar: TensorScalar>(_ blocks: [[[Scalar]]]) {
    self.init(
      nesting: blocks.map { Tensor($0) }, empty: TensorType(Scalar.elementType, [0, 0]))
  }

  /// Creates a scalar, a tensor of rank 0, of the number's own type.
  public init<Scalar: TensorScalar>(_ scalar: Scalar) {
    self.init([scalar], shape: [])
  }

  /// Creates a scalar of a given type.
  public init(_ value: Double, elementType: ElementType) {
    self.init(repeating: value, shape: [], elementType: elementType)
  }

  /// Creates a tensor whose elements all have one value.
  public init(repeating value: Double, shape: Shape, elementType: ElementType = .float32) {
    if let defect = shape.defect {
      self.init(
        invalid: OperationError(
          operation: "Tensor(repeating:shape:)", rule: "a shape that is possible",
          got: "\(shape) with \(defect)"))
      return
    }
    let type = TensorType(elementType, shape)
    let storage = Storage(byteCount: type.byteCount)
    withUnsafeTemporaryAllocation(byteCount: 8, alignment: 8) { bytes in
      guard let address = bytes.baseAddress else { return }
      elementType.store(value, to: address, at: 0)
      ck_fill(elementType.byteCount, storage.address, address, shape.count)
    }
    self.init(type, storage: storage)
  }

  /// A tensor of zeros.
  public static func zeros(_ shape: Shape, elementType: ElementType = .float32) -> Tensor {
    Tensor(repeating: 0, shape: shape, elementType: elementType)
  }

  /// A tensor of ones.
  public static func ones(_ shape: Shape, elementType: ElementType = .float32) -> Tensor {
    Tensor(repeating: 1, shape: shape, elementType: elementType)
  }

  /// The numbers from 0 to `count - 1`.
  public static func range(_ count: Int, elementType: ElementType = .int32) -> Tensor {
    guard count >= 0, elementType != .bool else {
      return Tensor(
        invalid: OperationError(
          operation: "range(_:)", rule: "a count that is not negative, and a type of numbers",
          got: "\(count) of type \(elementType.abbreviation)"))
    }
    return apply(Iota(type: TensorType(elementType, [count]), axis: 0), []).spelled("range(_:)")
  }

  /// `count` numbers from `start` to `end`, both included, at equal distances.
  public static func linearlySpaced(
    from start: Double, through end: Double, count: Int, elementType: ElementType = .float32
  ) -> Tensor {
    guard Shape([count]).defect == nil else {
      return Tensor(
        invalid: OperationError(
          operation: "linearlySpaced", rule: "a count that is possible", got: "\(count)"))
    }
    let step = count > 1 ? (end - start) / Double(count - 1) : 0
    var numbers = (0 ..< count).map { start + Double($0) * step }
    // Rounding must not move the end.
    if count > 1 { numbers[count - 1] = end }
    return Tensor(numbers).cast(to: elementType)
  }

  /// A tensor of parts along a new first axis; `empty` is the parts' type if there are none.
  private init(nesting parts: [Tensor], empty: TensorType) {
    if let wrong = parts.first(where: { $0.error != nil || $0.shape != parts[0].shape }) {
      self.init(
        invalid: wrong.error
          ?? OperationError(
            operation: "Tensor(_:)", rule: "nested arrays of equal lengths",
            got: "\(parts[0].shape) beside \(wrong.shape)"))
      return
    }
    let part = parts.first?.type ?? empty
    let type = TensorType(part.elementType, Shape([parts.count] + part.shape.sizes))
    let storage = Storage(byteCount: type.byteCount)
    for (index, tensor) in parts.enumerated() {
      storage.address.advanced(by: index * part.byteCount).copyMemory(
        from: tensor.requiredStorage("Tensor(_:)").address, byteCount: part.byteCount)
    }
    self.init(type, storage: storage)
  }
}

extension ElementType {
  /// Writes the nearest representable number at an index of a buffer of this type.
  package func store(_ value: Double, to address: UnsafeMutableRawPointer, at index: Int) {
    func write<Scalar: TensorScalar>(_: Scalar.Type) {
      address.storeBytes(
        of: Scalar(nearest: value), toByteOffset: index * byteCount, as: Scalar.self)
    }
    withScalarType { write($0) }
  }

  /// Reads the number at an index of a buffer of this type.
  package func load(from address: UnsafeRawPointer, at index: Int) -> Double {
    func read<Scalar: TensorScalar>(_: Scalar.Type) -> Double {
      address.loadUnaligned(fromByteOffset: index * byteCount, as: Scalar.self).doubleValue
    }
    return withScalarType { read($0) }
  }

  /// Calls a generic closure with the Swift type of this element type.
  package func withScalarType<R>(_ body: (any TensorScalar.Type) -> R) -> R {
    switch self {
    case .bool: body(Bool.self)
    case .int8: body(Int8.self)
    case .int16: body(Int16.self)
    case .int32: body(Int32.self)
    case .int64: body(Int64.self)
    case .uint8: body(UInt8.self)
    case .uint16: body(UInt16.self)
    case .uint32: body(UInt32.self)
    case .uint64: body(UInt64.self)
    case .float16: body(Float16.self)
    case .bfloat16: body(BFloat16.self)
    case .float32: body(Float.self)
    case .float64: body(Double.self)
    }
  }
}
