internal import CKernels
internal import Foundation

/// `1 / (1 + e^-x)`.
package struct Logistic: ElementwisePrimitive {
  package init() {}

  package var name: String { "logistic" }
  package var spelling: String { "sigmoid" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_LOGISTIC, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [application.cotangent * (application.result * (1 - application.result))]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    1 / (1 + Foundation.exp(-elements[0]))
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Logistic(), [.init([3, 4], .uniform(-3, 3))]),
      PrimitiveSample(Logistic(), [.init([], .uniform(-3, 3))]),
      PrimitiveSample(Logistic(), [.init([2, 0, 3], .uniform(-3, 3))]),
    ]
  }
}

/// `1 / (1 + exp(-x))` of each element, without overflow: 0 and 1 at the infinities.
public func sigmoid(_ x: Tensor) -> Tensor { apply(Logistic(), [x]) }
