internal import CKernels
internal import Foundation

/// The derivative of ``GaussianErrorLinear``: the normal probability below `x`, plus `x` times the
/// density at `x`.
package struct GaussianErrorLinearSlope: ElementwisePrimitive {
  package init() {}

  package var name: String { "gaussian_error_linear_slope" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_GAUSSIAN_ERROR_LINEAR_SLOPE, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    let x = application.operand
    let squared = x * x
    let density = exp(squared * -0.5) * GaussianErrorLinearSlope.densityAtZero
    return [application.cotangent * (density * (2 - squared))]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    let x = min(max(elements[0], -40), 40)
    if elements[0].isNaN { return elements[0] }
    let density = Foundation.exp(-0.5 * x * x) * GaussianErrorLinearSlope.densityAtZero
    return 0.5 * erfc(-x * 0.5.squareRoot()) + x * density
  }

  /// 1 / sqrt(2 pi).
  private static let densityAtZero = 0.3989422804014327

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(GaussianErrorLinearSlope(), [.init([3, 4], .uniform(-3, 3))]),
      PrimitiveSample(GaussianErrorLinearSlope(), [.init([], .uniform(-3, 3))]),
      PrimitiveSample(GaussianErrorLinearSlope(), [.init([2, 0, 3], .uniform(-3, 3))]),
    ]
  }
}
