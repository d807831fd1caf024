internal import CKernels

/// The larger of two elements; not-a-number if either is.
///
/// Equal operands share the derivative.
package struct Maximum: ElementwisePrimitive {
  package init() {}

  package var name: String { "maximum" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_MAXIMUM, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    let (a, b) = (application.operands[0], application.operands[1])
    return [
      application.ifNeeded(0) { apply(LargerShare(), [a, b, application.cotangent]) },
      application.ifNeeded(1) { apply(LargerShare(), [b, a, application.cotangent]) },
    ]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    elements.contains(where: \.isNaN) ? .nan : Swift.max(elements[0], elements[1])
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Maximum(), [.init([12], .distinct), .init([12], .uniform(0.2, 0.3))]),
      PrimitiveSample(Maximum(), [.init([3, 4], .distinct), .init([4], .uniform(0.4, 0.45))]),
      PrimitiveSample(Maximum(), [.init([0]), .init([])]),
    ]
  }
}

/// The larger of two elements, broadcasting; not-a-number if either is.
///
/// Where both are equal each gets half of the derivative; of two zeros with different signs
/// either may be the result.
public func maximum(_ first: some TensorOperand, _ second: some TensorOperand) -> Tensor {
  applyPromoting(Maximum(), first, second)
}
