/// Tensors one after the other along an axis.
package struct Concatenate: Primitive {
  package let axis: Int

  package init(axis: Int) { self.axis = axis }

  package var name: String { "concatenate" }
  package var spelling: String { "Tensor(concatenating:)" }
  package var description: String { "concatenate along \(axis)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let first = operands[0]
    var shape = first.shape
    guard (0 ..< shape.rank).contains(axis) else {
      throw OperationError(
        operation: spelling, rule: "an axis of the tensors",
        got: "axis \(axis) of \(first)")
    }
    for operand in operands.dropFirst() {
      var sizes = operand.shape.sizes
      if sizes.count == shape.rank { sizes[axis] = shape[axis] }
      guard Shape(sizes) == shape, operand.elementType == first.elementType else {
        throw OperationError(
          operation: spelling,
          rule: "equal types, and equal sizes in all axes but \(axis)",
          got: operands.map(\.description).joined(separator: ", "))
      }
    }
    shape[axis] = operands.reduce(0) { sum, operand in
      let (next, overflow) = sum.addingReportingOverflow(operand.shape[axis])
      return overflow ? .max : next
    }
    return [TensorType(first.elementType, shape)]
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    var start = 0
    return application.operands.enumerated().map { position, operand in
      let range = start ..< start + operand.shape[axis]
      start = range.upperBound
      return application.ifNeeded(position) { application.cotangent.sliced(range, alongAxis: axis) }
    }
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    applyAll(
      Concatenate(axis: axis + 1), batch.operands.indices.map { batch.repeated($0) })
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    [
      ReferenceArray(resultTypes[0]) { index in
        var source = index
        for operand in operands {
          if source[axis] < operand.shape[axis] { return operand[source] }
          source[axis] -= operand.shape[axis]
        }
        return .nan
      }
    ]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let strides = results[0].shape.strides
    var offset = 0
    let copies = operands.map { operand in
      defer { offset += operand.shape[axis] * strides[axis] }
      return StridedCopy(
        shape: operand.shape, elementSize: operand.elementType.byteCount,
        sourceStrides: operand.shape.strides, resultStrides: strides, resultOffset: offset)
    }
    return Kernel("concatenate") { arguments in
      for (index, copy) in copies.enumerated() where copy.shape.count > 0 {
        copy.run(from: arguments[index], to: arguments[copies.count])
      }
    }
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Concatenate(axis: 0), [.init([2, 3]), .init([1, 3])]),
      PrimitiveSample(Concatenate(axis: 1), [.init([2, 3]), .init([2, 0]), .init([2, 4])]),
      PrimitiveSample(Concatenate(axis: 1), [.init([2, 1, 2])]),
    ]
  }
}

extension Tensor {
  /// Joins tensors along an existing axis; types are promoted to a common one.
  public init(concatenating tensors: [Tensor], alongAxis axis: Int = 0) {
    guard let first = tensors.first else {
      self.init(
        invalid: OperationError(
          operation: "Tensor(concatenating:)", rule: "at least one tensor", got: "none"))
      return
    }
    let type = tensors.dropFirst().reduce(first.elementType) { .promoted($0, $1.elementType) }
    guard first.error != nil || (-first.rank ..< first.rank).contains(axis) else {
      self.init(
        invalid: OperationError(
          operation: "Tensor(concatenating:)", rule: "an axis of the tensors",
          got: "axis \(axis) of \(first.type)"))
      return
    }
    let position = axis < 0 ? axis + first.rank : axis
    self = apply(Concatenate(axis: position), tensors.map { $0.cast(to: type) })
  }

  /// Joins tensors of equal shapes along a new axis.
  public init(stacking tensors: [Tensor], alongAxis axis: Int = 0) {
    guard !tensors.isEmpty else {
      self.init(
        invalid: OperationError(
          operation: "Tensor(stacking:)", rule: "at least one tensor", got: "none"))
      return
    }
    // Types of the same shapes differ only in the axes inserted here, so the error of the
    // concatenation would mislead.
    if let wrong = tensors.first(where: { $0.error == nil && $0.shape != tensors[0].shape }),
      tensors[0].error == nil
    {
      self.init(
        invalid: OperationError(
          operation: "Tensor(stacking:)", rule: "tensors of equal shapes",
          got: "\(tensors[0].shape) beside \(wrong.shape)"))
      return
    }
    self = Tensor(concatenating: tensors.map { $0.expandedDimension(at: axis) }, alongAxis: axis)
      .spelled("Tensor(stacking:)", operands: tensors)
  }
}
