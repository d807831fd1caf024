internal import CKernels
internal import Foundation

/// `x` times the probability that a standard normal number is smaller than `x`, in one pass.
package struct GaussianErrorLinear: ElementwisePrimitive {
  package init() {}

  package var name: String { "gaussian_error_linear" }
  package var spelling: String { "gelu" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_GAUSSIAN_ERROR_LINEAR, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [application.cotangent * apply(GaussianErrorLinearSlope(), [application.operand])]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    // Far below the product is 0, not infinity times 0.
    let x = elements[0] < -40 ? -40 : elements[0]
    return x * 0.5 * erfc(-x * 0.5.squareRoot())
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(GaussianErrorLinear(), [.init([3, 4], .uniform(-3, 3))]),
      PrimitiveSample(GaussianErrorLinear(), [.init([], .uniform(-3, 3))]),
      PrimitiveSample(GaussianErrorLinear(), [.init([2, 0, 3], .uniform(-3, 3))]),
    ]
  }
}

/// `x / 2 * (1 + erf(x / sqrt(2)))` of each element; 0 at minus infinity.
package func gaussianErrorLinear(_ x: Tensor) -> Tensor { apply(GaussianErrorLinear(), [x]) }
