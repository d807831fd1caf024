internal import CKernels
internal import Foundation

/// The angle in radians whose sine is given, from -pi/2 to pi/2.
package struct ArcSine: ElementwisePrimitive {
  package init() {}

  package var name: String { "arc_sine" }
  package var spelling: String { "asin" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_ARC_SINE, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    // Two factors, since 1 - x^2 loses digits near 1.
    let x = application.operand
    return [application.cotangent * rsqrt((1 - x) * (1 + x))]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    Foundation.asin(elements[0])
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(ArcSine(), [.init([3, 4], .uniform(-0.9, 0.9))]),
      PrimitiveSample(ArcSine(), [.init([], .uniform(-0.9, 0.9))]),
      PrimitiveSample(ArcSine(), [.init([2, 0, 3], .uniform(-0.9, 0.9))]),
    ]
  }
}

/// The angle in radians, from -pi/2 to pi/2, whose sine each element is.
///
/// Not-a-number outside -1 ... 1; zeros keep their sign. The slope, `1 / sqrt(1 - x^2)`, is infinite
/// at both ends.
public func asin(_ x: Tensor) -> Tensor { apply(ArcSine(), [x]) }
