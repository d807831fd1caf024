internal import CKernels

/// Sums of elements by position along an axis: the derivative of gathering elements.
///
/// Operands: the elements, and their positions (i32 or i64) of the same shape; the result has
/// `size` positions along the axis. Elements whose position lies outside are skipped, or count for
/// the nearest position.
package struct ScatterAddElements: Primitive {
  package let axis: Int
  package let size: Int
  /// Whether positions outside the axis are clamped to it, as gathering does.
  package let clamps: Bool

  package init(axis: Int, size: Int, clamps: Bool = false) {
    self.axis = axis
    self.size = size
    self.clamps = clamps
  }

  package var name: String { "scatter_add_elements" }
  package var spelling: String { "scatterAddingElements(_:at:alongAxis:)" }
  package var description: String {
    "scatter_add_elements along \(axis) into \(size)" + (clamps ? ", clamped" : "")
  }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    var shape = operands[0].shape
    guard (0 ..< shape.rank).contains(axis), size >= 0, shape == operands[1].shape,
      [.int32, .int64].contains(operands[1].elementType), operands[0].elementType != .bool
    else {
      throw OperationError(
        operation: spelling, rule: "numbers, and positions (i32 or i64) of their shape",
        got: "\(operands[0]), positions \(operands[1]), axis \(axis)")
    }
    shape[axis] = size
    return [TensorType(operands[0].elementType, shape)]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    [
      application.ifNeeded(0) {
        let (elements, positions) = (application.operands[0], application.operands[1])
        if size == 0 { return Tensor.zeros(elements.shape, elementType: elements.elementType) }
        let gathered: Tensor = apply(
          GatherElements(axis: axis), [application.cotangent, positions])
        if clamps { return gathered }
        // Elements whose position lies outside were skipped; their cotangent is zero.
        let inside = bitwiseAnd(greaterOrEqual(positions, 0), less(positions, size))
        return select(inside, gathered, Tensor(0, elementType: elements.elementType))
      }, nil,
    ]
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    applyAll(
      ScatterAddElements(axis: axis + 1, size: size, clamps: clamps),
      [batch.repeated(0), batch.repeated(1)])
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    var result = ReferenceArray(resultTypes[0]) { _ in 0 }
    for index in operands[0].shape.indices {
      var target = index
      target[axis] = Int(operands[1][index])
      if clamps { target[axis] = Swift.min(Swift.max(target[axis], 0), size - 1) }
      if (0 ..< size).contains(target[axis]) { result[target] += operands[0][index] }
    }
    return [result]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let sizes = operands[0].shape.sizes
    let outer = sizes[..<axis].reduce(1, *)
    let inner = sizes[(axis + 1)...].reduce(1, *)
    let (extent, count) = (size, sizes[axis])
    let type = operands[0].elementType.ckType
    let (isWide, clamps) = (operands[1].elementType == .int64, clamps)
    return Kernel("scatter add elements") { arguments in
      ck_scatter_add_elements(
        type, isWide, clamps, arguments[2], arguments[0], arguments[1], outer, extent, inner,
        count)
    }
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(
        ScatterAddElements(axis: 1, size: 3),
        [.init([2, 4]), .init([2, 4], .integers(0, 2), .int32)]),
      PrimitiveSample(
        ScatterAddElements(axis: 0, size: 4),
        [.init([3, 2, 2]), .init([3, 2, 2], .integers(-1, 4), .int64)]),
      PrimitiveSample(
        ScatterAddElements(axis: 1, size: 3, clamps: true),
        [.init([2, 5]), .init([2, 5], .integers(-2, 5), .int32)]),
      PrimitiveSample(
        ScatterAddElements(axis: 0, size: 0), [.init([2]), .init([2], .integers(0, 1), .int32)]),
    ]
  }
}
