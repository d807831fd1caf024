internal import CKernels
internal import Foundation

/// The sine of radians.
package struct Sine: ElementwisePrimitive {
  package init() {}

  package var name: String { "sine" }
  package var spelling: String { "sin" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_SINE, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [application.cotangent * (cos(application.operand))]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    Foundation.sin(elements[0])
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Sine(), [.init([3, 4], .uniform(-3, 3))]),
      PrimitiveSample(Sine(), [.init([], .uniform(-3, 3))]),
      PrimitiveSample(Sine(), [.init([2, 0, 3], .uniform(-3, 3))]),
    ]
  }
}

/// The sine of each element, in radians.
///
/// Infinities give not-a-number; zeros keep their sign.
public func sin(_ x: Tensor) -> Tensor { apply(Sine(), [x]) }
