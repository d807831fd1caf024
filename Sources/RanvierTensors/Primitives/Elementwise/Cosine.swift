internal import CKernels
internal import Foundation

/// The cosine of radians.
package struct Cosine: ElementwisePrimitive {
  package init() {}

  package var name: String { "cosine" }
  package var spelling: String { "cos" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_COSINE, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [application.cotangent * (-sin(application.operand))]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    Foundation.cos(elements[0])
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Cosine(), [.init([3, 4], .uniform(-3, 3))]),
      PrimitiveSample(Cosine(), [.init([], .uniform(-3, 3))]),
      PrimitiveSample(Cosine(), [.init([2, 0, 3], .uniform(-3, 3))]),
    ]
  }
}

/// The cosine of each element, in radians; infinities give not-a-number.
public func cos(_ x: Tensor) -> Tensor { apply(Cosine(), [x]) }
