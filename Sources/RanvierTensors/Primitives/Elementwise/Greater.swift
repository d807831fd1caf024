internal import CKernels

/// `a > b`, element by element.
package struct Greater: ElementwisePrimitive {
  package init() {}

  package var name: String { "greater" }

  package func resultElementType(
    of operands: [ElementType]
  ) throws(OperationError) -> ElementType {
    try requireEqualTypes(operands)
    return .bool
  }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_GREATER, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [nil, nil]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    elements[0] > elements[1] ? 1 : 0
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(
        Greater(), [.init([3, 4], .integers(-2, 2)), .init([3, 4], .integers(-2, 2))],
        isDifferentiable: false),
      PrimitiveSample(
        Greater(), [.init([2, 3], .integers(0, 2), .int32), .init([1], .integers(0, 2), .int32)],
        isDifferentiable: false),
      PrimitiveSample(
        Greater(), [.init([5], .integers(0, 3), .uint8), .init([2, 1], .integers(0, 3), .uint8)],
        isDifferentiable: false),
    ]
  }
}

/// Whether the first element is greater than the second, broadcasting.
public func greater(_ first: some TensorOperand, _ second: some TensorOperand) -> Tensor {
  applyPromoting(Greater(), first, second)
}
