internal import CKernels
internal import Foundation

/// The angle in radians whose cosine is given, from 0 to pi.
package struct ArcCosine: ElementwisePrimitive {
  package init() {}

  package var name: String { "arc_cosine" }
  package var spelling: String { "acos" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_ARC_COSINE, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    // Two factors, since 1 - x^2 loses digits near 1.
    let x = application.operand
    return [-(application.cotangent * rsqrt((1 - x) * (1 + x)))]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    Foundation.acos(elements[0])
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(ArcCosine(), [.init([3, 4], .uniform(-0.9, 0.9))]),
      PrimitiveSample(ArcCosine(), [.init([], .uniform(-0.9, 0.9))]),
      PrimitiveSample(ArcCosine(), [.init([2, 0, 3], .uniform(-0.9, 0.9))]),
    ]
  }
}

/// The angle in radians, from 0 to pi, whose cosine each element is.
///
/// Not-a-number outside -1 ... 1. The slope, `-1 / sqrt(1 - x^2)`, is infinite at both ends.
public func acos(_ x: Tensor) -> Tensor { apply(ArcCosine(), [x]) }
