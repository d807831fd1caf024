internal import CKernels
internal import Foundation

/// `(e^x - e^-x) / 2`.
package struct HyperbolicSine: ElementwisePrimitive {
  package init() {}

  package var name: String { "hyperbolic_sine" }
  package var spelling: String { "sinh" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_HYPERBOLIC_SINE, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [application.cotangent * cosh(application.operand)]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    Foundation.sinh(elements[0])
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(HyperbolicSine(), [.init([3, 4], .uniform(-2, 2))]),
      PrimitiveSample(HyperbolicSine(), [.init([], .uniform(-2, 2))]),
      PrimitiveSample(HyperbolicSine(), [.init([2, 0, 3], .uniform(-2, 2))]),
    ]
  }
}

/// The hyperbolic sine of each element, `(exp(x) - exp(-x)) / 2`.
///
/// What is too large for the type becomes an infinity; zeros keep their sign.
public func sinh(_ x: Tensor) -> Tensor { apply(HyperbolicSine(), [x]) }
