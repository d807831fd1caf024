internal import CKernels

/// A primitive that combines, at each position of an axis, all elements up to there.
package protocol CumulativePrimitive: Primitive {
  /// The axis along which elements are combined.
  var axis: Int { get }

  /// Whether combining begins at the end of the axis.
  var isReversed: Bool { get }

  init(axis: Int, isReversed: Bool)

  /// The operation in the C kernels' numbering.
  var operationCode: UInt32 { get }

  /// Whether operands must be floating-point numbers.
  var needsFloatingPoint: Bool { get }

  /// What the next element is combined with, in double precision.
  func combine(_ total: Double, _ next: Double) -> Double
}

extension CumulativePrimitive {
  package var needsFloatingPoint: Bool { false }
  package var description: String { "\(name) along \(axis)\(isReversed ? " reversed" : "")" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    try requireAxis(axis, of: operands[0], spelling)
    guard
      needsFloatingPoint
        ? operands[0].elementType.isFloatingPoint
        : operands[0].elementType != .bool
    else {
      throw OperationError(
        operation: spelling,
        rule: needsFloatingPoint ? "floating-point elements" : "elements that are numbers",
        got: "\(operands[0])", hint: "convert with cast(to:)")
    }
    return [operands[0]]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    applyAll(Self(axis: axis + 1, isReversed: isReversed), batch.operands)
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    accumulated(along: axis, isReversed: isReversed, resultTypes[0]) { total, index in
      let next = operands[0][index]
      return total.map { combine($0, next) } ?? next
    }
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let extents = AxisExtents(of: operands[0].shape, around: axis)
    let (type, code) = (operands[0].elementType.ckType, ck_scan_operation(operationCode))
    let isReversed = isReversed
    return Kernel("scan", inPlacePairs: [.init(operand: 0, result: 0)]) { arguments in
      ck_scan(
        code, type, isReversed, arguments[1], arguments[0], extents.outer, extents.extent,
        extents.inner)
    }
  }

  /// Samples that every cumulative primitive shares: first, middle and last axes, both directions,
  /// odd and empty sizes.
  package static func commonSamples(_ values: PrimitiveSample.Values) -> [PrimitiveSample] {
    let cases: [(Shape, Int)] = [
      ([5], 0), ([3, 4], 1), ([4, 3], 0), ([2, 3, 4], 1), ([2, 0, 3], 1), ([0, 3], 1), ([1, 2], 0),
    ]
    return cases.flatMap { shape, axis in
      [false, true].map { isReversed in
        PrimitiveSample(Self(axis: axis, isReversed: isReversed), [.init(shape, values)])
      }
    }
  }
}

/// An array computed along an axis in the plainest way: each element from the one before it, which
/// the first one has not, and its index.
func accumulated(
  along axis: Int, isReversed: Bool, _ type: TensorType,
  next: (_ before: Double?, _ index: [Int]) -> Double
) -> [ReferenceArray] {
  var result = ReferenceArray(type, [Double](repeating: 0, count: type.shape.count))
  let indices = type.shape.indices
  for index in isReversed ? indices.reversed() : indices {
    var before = index
    before[axis] += isReversed ? 1 : -1
    result[index] = next(
      (0 ..< type.shape[axis]).contains(before[axis]) ? result[before] : nil, index)
  }
  return [result]
}

/// A shape as three axes, of which one is in the middle.
struct AxisExtents {
  var outer: Int
  var extent: Int
  var inner: Int

  init(of shape: Shape, around axis: Int) {
    outer = shape.sizes[..<axis].reduce(1, *)
    extent = shape[axis]
    inner = shape.sizes[(axis + 1)...].reduce(1, *)
  }
}

/// Checks that an axis is one of an operand's.
func requireAxis(
  _ axis: Int, of operand: TensorType, _ spelling: String
) throws(OperationError) {
  guard (0 ..< operand.shape.rank).contains(axis) else {
    throw OperationError(
      operation: spelling, rule: "an axis of the tensor", got: "axis \(axis) of \(operand)")
  }
}

extension Tensor {
  /// Applies a cumulative primitive along an axis that may be counted from the end.
  func accumulated<Cumulative: CumulativePrimitive>(
    by primitive: Cumulative.Type, alongAxis axis: Int, reversed: Bool, spelling: String
  ) -> Tensor {
    do {
      let position = try normalizedAxes([axis], operation: spelling)[0]
      return apply(Cumulative(axis: position, isReversed: reversed), [self])
    } catch {
      return Tensor(invalid: error)
    }
  }

  /// The elements moved by one position along an axis, away from where a cumulative operation
  /// begins; a value enters there, and the last element leaves.
  ///
  /// What is cumulated with the elements before it becomes what was cumulated before it.
  func shifted(alongAxis axis: Int, isReversed: Bool, entering value: Double) -> Tensor {
    guard shape[axis] > 0 else { return self }
    var (low, high) = ([Int](repeating: 0, count: rank), [Int](repeating: 0, count: rank))
    low[axis] = isReversed ? -1 : 1
    high[axis] = -low[axis]
    return apply(
      Pad(low: low, high: high, interior: low.map { _ in 0 }),
      [self, Tensor(value, elementType: elementType)])
  }
}
