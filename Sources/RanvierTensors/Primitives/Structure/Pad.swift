internal import CKernels

/// A border of one value around the elements, and gaps of it between them; negative borders cut
/// elements off.
///
/// Operands: the tensor, and the value as a scalar.
package struct Pad: Primitive {
  package let low: [Int]
  package let high: [Int]
  /// Elements inserted between neighbours, before the border.
  package let interior: [Int]

  package init(low: [Int], high: [Int], interior: [Int]) {
    self.low = low
    self.high = high
    self.interior = interior
  }

  package var name: String { "pad" }
  package var spelling: String { "padded(_:with:)" }
  package var description: String { "pad low \(low) high \(high) interior \(interior)" }

  /// A size with borders and gaps; negative if it is impossible or beyond all numbers.
  private func size(_ size: Int, _ axis: Int) -> Int {
    let (gaps, isTooWide) = Swift.max(size - 1, 0).multipliedReportingOverflow(by: interior[axis])
    // Both ends of an axis may be far out and cancel.
    let sum = Int128(low[axis]) + Int128(high[axis]) + Int128(size) + Int128(gaps)
    return isTooWide || Swift.max(low[axis].magnitude, high[axis].magnitude) > 1 << 60
      ? -1 : Int(exactly: sum) ?? -1
  }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let shape = operands[0].shape
    let fits =
      low.count == shape.rank && high.count == shape.rank && interior.count == shape.rank
      && shape.sizes.indices.allSatisfy { interior[$0] >= 0 && size(shape[$0], $0) >= 0 }
    guard fits, operands[1] == TensorType(operands[0].elementType, []) else {
      throw OperationError(
        operation: spelling,
        rule: "one border per axis that leaves no negative size, and a scalar of the same type",
        got:
          "low \(low), high \(high), interior \(interior) for \(operands[0]), value \(operands[1])")
    }
    return [
      TensorType(operands[0].elementType, Shape(shape.sizes.indices.map { size(shape[$0], $0) }))
    ]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    let cotangent = application.cotangent
    let shape = application.operands[0].shape
    let zero = Tensor(0, elementType: cotangent.elementType)
    // The border is cut off by the opposite border, then the gaps by a strided slice.
    func unpadded(_ x: Tensor) -> Tensor {
      let none = low.map { _ in 0 }
      let core: Tensor = apply(
        Pad(low: low.map { -$0 }, high: high.map { -$0 }, interior: none), [x, zero])
      return apply(
        Slice(starts: none, ends: core.shape.sizes, strides: interior.map { $0 + 1 }), [core])
    }
    return [
      application.ifNeeded(0) {
        shape.count == 0 ? Tensor.zeros(shape, elementType: zero.elementType) : unpadded(cotangent)
      },
      application.ifNeeded(1) {
        let whole = cotangent.sum()
        return shape.count == 0 ? whole : whole - unpadded(cotangent).sum()
      },
    ]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    let pad = Pad(low: [0] + low, high: [0] + high, interior: [0] + interior)
    if !batch.isBatched[1] { return applyAll(pad, [batch.repeated(0), batch.operands[1]]) }
    // Examples have borders of their own: a mask of what is inside chooses.
    let operand = batch.operands[0]
    let zero = Tensor(0, elementType: operand.elementType)
    let inner = batch.isBatched[0] ? operand.shape.sizes.dropFirst() : operand.shape.sizes[...]
    let isInside: Tensor = apply(
      self,
      [Tensor(repeating: 1, shape: Shape(Array(inner)), elementType: .bool), Tensor(false)])
    let padded: Tensor =
      batch.isBatched[0] ? apply(pad, [operand, zero]) : apply(self, [operand, zero])
    let border = batch.operands[1].reshaped(
      to: Shape([batch.size] + [Int](repeating: 1, count: low.count)))
    return [select(isInside, padded, border)]
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    var result = ReferenceArray(resultTypes[0]) { _ in operands[1].elements[0] }
    let shape = resultTypes[0].shape
    for index in operands[0].shape.indices {
      let target = index.indices.map { low[$0] + index[$0] * (interior[$0] + 1) }
      if target.indices.allSatisfy({ 0 <= target[$0] && target[$0] < shape[$0] }) {
        result[target] = operands[0][index]
      }
    }
    return [result]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let result = results[0].shape
    let source = operands[0].shape
    let size = operands[0].elementType.byteCount
    var copied: [Int] = []
    var sourceOffset = 0
    var resultOffset = 0
    for axis in 0 ..< source.rank {
      let step = interior[axis] + 1
      // The first and last element that land inside the result.
      let first = low[axis] >= 0 ? 0 : (-low[axis] + step - 1) / step
      let end = low[axis] >= result[axis] ? 0 : (result[axis] - 1 - low[axis]) / step + 1
      copied.append(Swift.max(0, Swift.min(end, source[axis]) - first))
      sourceOffset += first * source.strides[axis]
      resultOffset += (low[axis] + first * step) * result.strides[axis]
    }
    let copy = StridedCopy(
      shape: Shape(copied), elementSize: size, sourceStrides: source.strides,
      sourceOffset: sourceOffset,
      resultStrides: result.strides.indices.map { result.strides[$0] * (interior[$0] + 1) },
      resultOffset: resultOffset)
    let count = result.count
    let copiesAll = Shape(copied) == result
    return Kernel("pad") { arguments in
      if !copiesAll { ck_fill(size, arguments[2], arguments[1], count) }
      if copy.shape.count > 0 { copy.run(from: arguments[0], to: arguments[2]) }
    }
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(
        Pad(low: [1, 0], high: [2, 1], interior: [0, 0]), [.init([2, 3]), .init([])]),
      PrimitiveSample(
        Pad(low: [0, 2], high: [1, 0], interior: [2, 1]), [.init([3, 2]), .init([])]),
      PrimitiveSample(
        Pad(low: [-1, 1], high: [1, -2], interior: [0, 0]), [.init([3, 4]), .init([])]),
      PrimitiveSample(Pad(low: [-2], high: [-1], interior: [1]), [.init([4]), .init([])]),
      PrimitiveSample(Pad(low: [2], high: [1], interior: [0]), [.init([0]), .init([])]),
    ]
  }
}

extension Tensor {
  /// The tensor with a border of one value: (before, after) for each axis; negative counts cut
  /// elements off.
  public func padded(_ border: [(before: Int, after: Int)], with value: Double = 0) -> Tensor {
    let padded: Tensor = apply(
      Pad(low: border.map(\.before), high: border.map(\.after), interior: border.map { _ in 0 }),
      [self, Tensor(value, elementType: elementType)])
    guard padded.error != nil, error == nil else { return padded }
    let borders = border.map { "(\($0.before), \($0.after))" }.joined(separator: ", ")
    return Tensor(
      invalid: OperationError(
        operation: "padded(_:with:)",
        rule: "a border (before, after) for each axis, and a result of a shape that is possible",
        got: "borders [\(borders)] for shape \(shape)"))
  }
}
