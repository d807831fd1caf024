internal import CKernels

/// `a != b`, element by element.
package struct NotEqual: ElementwisePrimitive {
  package init() {}

  package var name: String { "not_equal" }
  package var spelling: String { "notEqual" }

  package func resultElementType(
    of operands: [ElementType]
  ) throws(OperationError) -> ElementType {
    try requireEqualTypes(operands)
    return .bool
  }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_NOT_EQUAL, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [nil, nil]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    elements[0] != elements[1] ? 1 : 0
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(
        NotEqual(), [.init([3, 4], .integers(-2, 2)), .init([3, 4], .integers(-2, 2))],
        isDifferentiable: false),
      PrimitiveSample(
        NotEqual(), [.init([2, 3], .integers(0, 2), .int32), .init([1], .integers(0, 2), .int32)],
        isDifferentiable: false),
      PrimitiveSample(
        NotEqual(), [.init([5], .integers(0, 3), .uint8), .init([2, 1], .integers(0, 3), .uint8)],
        isDifferentiable: false),
    ]
  }
}

/// Whether both elements are different, broadcasting.
public func notEqual(_ first: some TensorOperand, _ second: some TensorOperand) -> Tensor {
  applyPromoting(NotEqual(), first, second)
}
