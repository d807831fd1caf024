internal import CKernels
internal import Foundation

/// The hyperbolic tangent.
package struct HyperbolicTangent: ElementwisePrimitive {
  package init() {}

  package var name: String { "hyperbolic_tangent" }
  package var spelling: String { "tanh" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_HYPERBOLIC_TANGENT, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [application.cotangent * (1 - application.result * application.result)]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    Foundation.tanh(elements[0])
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(HyperbolicTangent(), [.init([3, 4], .uniform(-2, 2))]),
      PrimitiveSample(HyperbolicTangent(), [.init([], .uniform(-2, 2))]),
      PrimitiveSample(HyperbolicTangent(), [.init([2, 0, 3], .uniform(-2, 2))]),
    ]
  }
}

/// The hyperbolic tangent of each element: -1 and 1 at the infinities; zeros keep their sign.
public func tanh(_ x: Tensor) -> Tensor { apply(HyperbolicTangent(), [x]) }
