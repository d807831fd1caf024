/// The same elements in the same order under another shape.
package struct Reshape: Primitive {
  package let shape: Shape

  package init(to shape: Shape) { self.shape = shape }

  package var name: String { "reshape" }
  package var spelling: String { "reshaped(to:)" }
  package var description: String { "reshape to \(shape)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    if let defect = shape.defect {
      throw OperationError(
        operation: spelling, rule: "a shape that is possible",
        got: "\(operands[0].shape) to \(shape) with \(defect)")
    }
    guard operands[0].shape.count == shape.count else {
      throw OperationError(
        operation: spelling, rule: "as many elements before as after",
        got: "\(operands[0].shape) (\(operands[0].shape.count)) to \(shape) (\(shape.count))")
    }
    return [TensorType(operands[0].elementType, shape)]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    [application.cotangent.reshaped(to: application.operand.shape)]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    applyAll(Reshape(to: Shape([batch.size] + shape.sizes)), batch.operands)
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    [ReferenceArray(resultTypes[0], operands[0].elements)]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let byteCount = operands[0].byteCount
    return Kernel("copy", inPlacePairs: [.init(operand: 0, result: 0)]) { arguments in
      if arguments[0] != arguments[1] {
        arguments[1].copyMemory(from: arguments[0], byteCount: byteCount)
      }
    }
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Reshape(to: [4, 3]), [.init([2, 6])]),
      PrimitiveSample(Reshape(to: []), [.init([1, 1])]),
      PrimitiveSample(Reshape(to: [0]), [.init([3, 0, 2])]),
    ]
  }
}

extension Tensor {
  /// The same elements under another shape; one size may be -1 and is then worked out.
  public func reshaped(to shape: Shape) -> Tensor {
    if shape == self.shape { return self }
    guard error == nil, let unknown = shape.sizes.firstIndex(of: -1) else {
      return apply(Reshape(to: shape), [self])
    }
    var known = shape
    known.sizes.remove(at: unknown)
    let rest = known.defect == nil ? known.count : 0
    guard rest > 0, count % rest == 0, known.sizes.allSatisfy({ $0 > 0 }) else {
      return Tensor(
        invalid: OperationError(
          operation: "reshaped(to:)",
          rule: "sizes that divide the number of elements, one of them -1",
          got: "\(self.shape) (\(count)) to \(shape)"))
    }
    known.sizes.insert(count / rest, at: unknown)
    return apply(Reshape(to: known), [self])
  }

  /// All elements as a vector.
  public func flattened() -> Tensor { reshaped(to: [count]) }

  /// The tensor with an axis of size 1 inserted at a position; negative positions count from the
  /// end.
  public func expandedDimension(at axis: Int) -> Tensor {
    var sizes = shape.sizes
    let position = axis < 0 ? axis + rank + 1 : axis
    if error != nil { return self }
    guard (0 ... rank).contains(position) else {
      return Tensor(
        invalid: OperationError(
          operation: "expandedDimension(at:)", rule: "a position in \(-rank - 1) ... \(rank)",
          got: "\(axis) for shape \(shape)"))
    }
    sizes.insert(1, at: position)
    return reshaped(to: Shape(sizes)).spelled("expandedDimension(at:)")
  }

  /// The tensor without axes of size 1: all of them, or the given ones.
  public func squeezed(axes: [Int]? = nil) -> Tensor {
    let removed: [Int]
    do {
      let ones = (0 ..< rank).filter { shape[$0] == 1 }
      removed = try normalizedAxes(axes ?? ones, operation: "squeezed(axes:)")
    } catch {
      return Tensor(invalid: error)
    }
    if let wrong = removed.first(where: { shape[$0] != 1 }) {
      return Tensor(
        invalid: OperationError(
          operation: "squeezed(axes:)", rule: "axes of size 1",
          got: "axis \(wrong) of shape \(shape)"))
    }
    return reshaped(to: Shape((0 ..< rank).filter { !removed.contains($0) }.map { shape[$0] }))
  }

  /// Axes as positions from the front, each once and in range, or the error that names the
  /// operation.
  package func normalizedAxes(
    _ axes: [Int], operation: String
  ) throws(OperationError) -> [Int] {
    if let error { throw error }
    let positions = axes.map { $0 < 0 ? $0 + rank : $0 }
    guard positions.allSatisfy({ (0 ..< rank).contains($0) }), Set(positions).count == axes.count
    else {
      let what = axes.count == 1 ? "an axis" : "different axes"
      throw OperationError(
        operation: operation,
        rule: rank == 0 ? "at least one axis" : "\(what) in \(-rank) ..< \(rank)",
        got: "\(axes) for shape \(shape)")
    }
    return positions
  }
}
