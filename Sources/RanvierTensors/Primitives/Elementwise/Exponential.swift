internal import CKernels
internal import Foundation

/// `e^x`, element by element.
package struct Exponential: ElementwisePrimitive {
  package init() {}

  package var name: String { "exponential" }
  package var spelling: String { "exp" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_EXPONENTIAL, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [application.cotangent * (application.result)]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    Foundation.exp(elements[0])
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Exponential(), [.init([3, 4], .uniform(-2, 2))]),
      PrimitiveSample(Exponential(), [.init([], .uniform(-2, 2))]),
      PrimitiveSample(Exponential(), [.init([2, 0, 3], .uniform(-2, 2))]),
    ]
  }
}

/// e to the power of each element: 0 at minus infinity, infinity where it is too large.
public func exp(_ x: Tensor) -> Tensor { apply(Exponential(), [x]) }
