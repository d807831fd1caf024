internal import CKernels

/// `max(x, 0)` with derivative 0 at 0; not-a-number stays so.
package struct RectifiedLinear: ElementwisePrimitive {
  package init() {}

  package var name: String { "rectified_linear" }
  package var spelling: String { "relu" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_RECTIFIED_LINEAR, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [apply(PositiveGate(), [application.result, application.cotangent])]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    elements[0] < 0 ? 0 : elements[0]
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(RectifiedLinear(), [.init([3, 4], .uniform(0.2, 2))]),
      PrimitiveSample(RectifiedLinear(), [.init([], .uniform(0.2, 2))]),
      PrimitiveSample(RectifiedLinear(), [.init([2, 0, 3], .uniform(0.2, 2))]),
    ]
  }
}

/// `max(x, 0)` of each element; the derivative at 0 is 0.
///
/// Not-a-number stays; its derivative is 0.
public func relu(_ x: Tensor) -> Tensor { apply(RectifiedLinear(), [x]) }
