internal import CKernels
internal import Foundation

/// `(e^x + e^-x) / 2`.
package struct HyperbolicCosine: ElementwisePrimitive {
  package init() {}

  package var name: String { "hyperbolic_cosine" }
  package var spelling: String { "cosh" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_HYPERBOLIC_COSINE, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [application.cotangent * sinh(application.operand)]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    Foundation.cosh(elements[0])
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(HyperbolicCosine(), [.init([3, 4], .uniform(-2, 2))]),
      PrimitiveSample(HyperbolicCosine(), [.init([], .uniform(-2, 2))]),
      PrimitiveSample(HyperbolicCosine(), [.init([2, 0, 3], .uniform(-2, 2))]),
    ]
  }
}

/// The hyperbolic cosine of each element, `(exp(x) + exp(-x)) / 2`.
///
/// What is too large for the type becomes infinity.
public func cosh(_ x: Tensor) -> Tensor { apply(HyperbolicCosine(), [x]) }
