internal import CKernels

/// `a == b`, element by element.
package struct Equal: ElementwisePrimitive {
  package init() {}

  package var name: String { "equal" }

  package func resultElementType(
    of operands: [ElementType]
  ) throws(OperationError) -> ElementType {
    try requireEqualTypes(operands)
    return .bool
  }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_EQUAL, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [nil, nil]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    elements[0] == elements[1] ? 1 : 0
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(
        Equal(), [.init([3, 4], .integers(-2, 2)), .init([3, 4], .integers(-2, 2))],
        isDifferentiable: false),
      PrimitiveSample(
        Equal(), [.init([2, 3], .integers(0, 2), .int32), .init([1], .integers(0, 2), .int32)],
        isDifferentiable: false),
      PrimitiveSample(
        Equal(), [.init([5], .integers(0, 3), .uint8), .init([2, 1], .integers(0, 3), .uint8)],
        isDifferentiable: false),
    ]
  }
}

/// Whether both elements are equal, broadcasting.
public func equal(_ first: some TensorOperand, _ second: some TensorOperand) -> Tensor {
  applyPromoting(Equal(), first, second)
}
