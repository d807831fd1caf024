internal import CKernels

/// `condition ? a : b`, element by element.
package struct Select: ElementwisePrimitive {
  package init() {}

  package var name: String { "select" }

  package func resultElementType(
    of operands: [TensorType]
  ) throws(OperationError) -> ElementType {
    guard operands[0].elementType == .bool else {
      throw OperationError(
        operation: spelling, rule: "a condition of type bool", got: "\(operands[0])",
        hint: "compare with notEqual(x, 0)")
    }
    try requireEqualTypes(Array(operands.dropFirst()))
    return operands[1].elementType
  }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_SELECT, operands[1].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    let condition = application.operands[0]
    let cotangent = application.cotangent
    let zero = Tensor(0, elementType: cotangent.elementType)
    return [
      nil,
      application.ifNeeded(1) { select(condition, cotangent, zero) },
      application.ifNeeded(2) { select(condition, zero, cotangent) },
    ]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    elements[0] != 0 ? elements[1] : elements[2]
  }

  package static var samples: [PrimitiveSample] {
    let condition = PrimitiveSample.Operand([3, 4], .integers(0, 1), .bool)
    return [
      PrimitiveSample(Select(), [condition, .init([3, 4]), .init([3, 4])]),
      PrimitiveSample(Select(), [condition, .init([4]), .init([])]),
      PrimitiveSample(
        Select(), [.init([3, 1], .integers(0, 1), .bool), .init([2, 1, 4]), .init([4])]),
    ]
  }
}

/// The first element where the condition holds, the second where it does not, broadcasting.
///
/// The derivative of the element that is not chosen is zero. Not-a-number that is not chosen does no
/// harm here, but its own derivatives may be not-a-number: replace what would be undefined before
/// computing with it.
public func select(
  _ condition: Tensor, _ first: some TensorOperand, _ second: some TensorOperand
) -> Tensor {
  let (a, b) = promoted(first, second)
  return apply(Select(), [condition, a, b])
}
