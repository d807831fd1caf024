internal import CKernels
internal import Foundation

/// The angle in radians whose tangent is given, from -pi/2 to pi/2.
package struct ArcTangent: ElementwisePrimitive {
  package init() {}

  package var name: String { "arc_tangent" }
  package var spelling: String { "atan" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_ARC_TANGENT, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [application.cotangent / (1 + application.operand * application.operand)]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    Foundation.atan(elements[0])
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(ArcTangent(), [.init([3, 4], .uniform(-3, 3))]),
      PrimitiveSample(ArcTangent(), [.init([], .uniform(-3, 3))]),
      PrimitiveSample(ArcTangent(), [.init([2, 0, 3], .uniform(-3, 3))]),
    ]
  }
}

/// The angle in radians, from -pi/2 to pi/2, whose tangent each element is.
///
/// Infinities give the ends of that interval; zeros keep their sign.
public func atan(_ x: Tensor) -> Tensor { apply(ArcTangent(), [x]) }
