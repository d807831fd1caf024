internal import CKernels
internal import Foundation

/// The natural logarithm; -infinity at 0, not-a-number below.
package struct Logarithm: ElementwisePrimitive {
  package init() {}

  package var name: String { "logarithm" }
  package var spelling: String { "log" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_LOGARITHM, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [application.cotangent / application.operand]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    Foundation.log(elements[0])
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Logarithm(), [.init([3, 4], .uniform(0.2, 4))]),
      PrimitiveSample(Logarithm(), [.init([], .uniform(0.2, 4))]),
      PrimitiveSample(Logarithm(), [.init([2, 0, 3], .uniform(0.2, 4))]),
    ]
  }
}

/// The natural logarithm of each element: -infinity at 0, not-a-number below.
public func log(_ x: Tensor) -> Tensor { apply(Logarithm(), [x]) }
