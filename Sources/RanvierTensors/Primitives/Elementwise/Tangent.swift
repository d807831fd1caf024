internal import CKernels
internal import Foundation

/// The tangent of radians.
package struct Tangent: ElementwisePrimitive {
  package init() {}

  package var name: String { "tangent" }
  package var spelling: String { "tan" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_TANGENT, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [application.cotangent * (1 + application.result * application.result)]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    Foundation.tan(elements[0])
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Tangent(), [.init([3, 4], .uniform(-1.2, 1.2))]),
      PrimitiveSample(Tangent(), [.init([], .uniform(-1.2, 1.2))]),
      PrimitiveSample(Tangent(), [.init([2, 0, 3], .uniform(-1.2, 1.2))]),
    ]
  }
}

/// The tangent of each element, in radians.
///
/// Infinities give not-a-number; zeros keep their sign.
public func tan(_ x: Tensor) -> Tensor { apply(Tangent(), [x]) }
