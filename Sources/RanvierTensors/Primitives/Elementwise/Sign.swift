internal import CKernels

/// -1, 0 or 1 by the sign of x; not-a-number stays so.
package struct Sign: ElementwisePrimitive {
  package init() {}

  package var name: String { "sign" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_SIGN, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [nil]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    elements[0] > 0 ? 1 : elements[0] < 0 ? -1 : elements[0]
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Sign(), [.init([3, 4], .uniform(-2, 2))], isDifferentiable: false),
      PrimitiveSample(Sign(), [.init([], .uniform(-2, 2))], isDifferentiable: false),
      PrimitiveSample(Sign(), [.init([2, 0, 3], .uniform(-2, 2))], isDifferentiable: false),
    ]
  }
}

/// -1, 0 or 1 by the sign of each element; zeros keep their sign, and not-a-number stays.
///
/// The derivative is 0.
public func sign(_ x: Tensor) -> Tensor { apply(Sign(), [x]) }
