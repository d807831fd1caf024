internal import CKernels
internal import Foundation

/// `e^x - 1`, accurate near 0.
package struct ExponentialMinusOne: ElementwisePrimitive {
  package init() {}

  package var name: String { "exponential_minus_one" }
  package var spelling: String { "expm1" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_EXPONENTIAL_MINUS_ONE, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [application.cotangent * (application.result + 1)]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    Foundation.expm1(elements[0])
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(ExponentialMinusOne(), [.init([3, 4], .uniform(-2, 2))]),
      PrimitiveSample(ExponentialMinusOne(), [.init([], .uniform(-2, 2))]),
      PrimitiveSample(ExponentialMinusOne(), [.init([2, 0, 3], .uniform(-2, 2))]),
    ]
  }
}

/// `exp(x) - 1`, accurate for small elements: -1 at minus infinity; zeros keep their sign.
public func expm1(_ x: Tensor) -> Tensor { apply(ExponentialMinusOne(), [x]) }
