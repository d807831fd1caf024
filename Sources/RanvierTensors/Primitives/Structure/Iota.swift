internal import CKernels

/// The position along an axis: 0, 1, 2 ...
package struct Iota: Primitive {
  package let type: TensorType
  package let axis: Int

  package init(type: TensorType, axis: Int) {
    self.type = type
    self.axis = axis
  }

  package var name: String { "iota" }
  package var spelling: String { "range" }
  package var description: String { "iota \(type) along \(axis)" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    guard (0 ..< type.shape.rank).contains(axis), type.elementType != .bool,
      type.shape.sizes.allSatisfy({ $0 >= 0 })
    else {
      throw OperationError(
        operation: spelling,
        rule: "a type of numbers, sizes that are not negative and an axis of the shape",
        got: "\(type) along axis \(axis)")
    }
    return [type]
  }

  package func pullback(_ application: Application) -> [Tensor?] { [] }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    // Without operands, all examples have the same numbers.
    applyAll(self, []).map { $0.broadcast(to: Shape([batch.size] + $0.shape.sizes)) }
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    [ReferenceArray(type) { Double($0[axis]) }]
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let sizes = type.shape.sizes
    let outer = sizes[..<axis].reduce(1, *)
    let inner = sizes[(axis + 1)...].reduce(1, *)
    let (extent, element) = (sizes[axis], type.elementType.ckType)
    return Kernel("iota") { ck_iota(element, $0[0], outer, extent, inner) }
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Iota(type: TensorType(.int32, [5]), axis: 0), [], isDifferentiable: false),
      PrimitiveSample(
        Iota(type: TensorType(.float32, [2, 3, 2]), axis: 1), [], isDifferentiable: false),
      PrimitiveSample(Iota(type: TensorType(.int64, [0]), axis: 0), [], isDifferentiable: false),
    ]
  }
}
