internal import CKernels
internal import Foundation

/// `erf(x)`: 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x.
package struct ErrorFunction: ElementwisePrimitive {
  package init() {}

  package var name: String { "error_function" }
  package var spelling: String { "erf" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_ERROR_FUNCTION, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [
      application.cotangent
        * (exp(-(application.operand * application.operand)) * 1.1283791670955126)
    ]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    Foundation.erf(elements[0])
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(ErrorFunction(), [.init([3, 4], .uniform(-2, 2))]),
      PrimitiveSample(ErrorFunction(), [.init([], .uniform(-2, 2))]),
      PrimitiveSample(ErrorFunction(), [.init([2, 0, 3], .uniform(-2, 2))]),
    ]
  }
}

/// The error function of each element: -1 and 1 at the infinities; zeros keep their sign.
public func erf(_ x: Tensor) -> Tensor { apply(ErrorFunction(), [x]) }
