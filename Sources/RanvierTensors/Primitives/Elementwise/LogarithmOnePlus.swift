internal import CKernels
internal import Foundation

/// `log(1 + x)`, accurate near 0.
package struct LogarithmOnePlus: ElementwisePrimitive {
  package init() {}

  package var name: String { "logarithm_one_plus" }
  package var spelling: String { "log1p" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_LOGARITHM_ONE_PLUS, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [application.cotangent / (application.operand + 1)]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    Foundation.log1p(elements[0])
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(LogarithmOnePlus(), [.init([3, 4], .uniform(-0.8, 3))]),
      PrimitiveSample(LogarithmOnePlus(), [.init([], .uniform(-0.8, 3))]),
      PrimitiveSample(LogarithmOnePlus(), [.init([2, 0, 3], .uniform(-0.8, 3))]),
    ]
  }
}

/// `log(1 + x)`, accurate for small elements: minus infinity at -1, not-a-number below; zeros keep
/// their sign.
public func log1p(_ x: Tensor) -> Tensor { apply(LogarithmOnePlus(), [x]) }
