internal import CKernels
internal import Foundation

/// The angle of the point (x, y), in radians from -pi to pi; operands: y, x.
package struct ArcTangent2: ElementwisePrimitive {
  package init() {}

  package var name: String { "arc_tangent_2" }
  package var spelling: String { "atan2" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_ARC_TANGENT_2, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    let (y, x) = (application.operands[0], application.operands[1])
    // x / (x^2 + y^2) on operands scaled by the larger one, whose squares stay in range. The scale
    // cancels, so it is a constant for derivatives of the derivative.
    let largest = maximum(abs(x), abs(y))
    let isOrigin = equal(largest, 0)
    let scale = stopGradient(select(isOrigin, 1, largest))
    let (u, v) = (x / scale, y / scale)
    let perSquare = application.cotangent / (select(isOrigin, 1, u * u + v * v) * scale)
    return [
      application.ifNeeded(0) { u * perSquare },
      application.ifNeeded(1) { -(v * perSquare) },
    ]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    Foundation.atan2(elements[0], elements[1])
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(
        ArcTangent2(), [.init([3, 4], .uniform(-2, 2)), .init([3, 4], .uniform(0.3, 2))]),
      PrimitiveSample(
        ArcTangent2(), [.init([2, 3, 4], .uniform(0.3, 2)), .init([3, 1], .uniform(-2, 2))]),
      PrimitiveSample(ArcTangent2(), [.init([], .uniform(-2, -0.3)), .init([2, 2])]),
      PrimitiveSample(ArcTangent2(), [.init([0, 3]), .init([3])]),
    ]
  }
}

/// The angle of the point (x, y) seen from the origin, in radians from -pi to pi, broadcasting.
///
/// As C's `atan2`, also for infinities and signed zeros: `atan2(0.0, -1.0)` is pi and
/// `atan2(-0.0, -1.0)` is -pi. Both derivatives at the origin are 0.
public func atan2(_ y: some TensorOperand, _ x: some TensorOperand) -> Tensor {
  applyPromoting(ArcTangent2(), y, x)
}
