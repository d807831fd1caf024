internal import CKernels

/// The largest whole number that is not larger.
package struct Floor: ElementwisePrimitive {
  package init() {}

  package var name: String { "floor" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_FLOOR, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [nil]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    elements[0].rounded(.down)
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Floor(), [.init([3, 4], .uniform(-3, 3))], isDifferentiable: false),
      PrimitiveSample(Floor(), [.init([], .uniform(-3, 3))], isDifferentiable: false),
      PrimitiveSample(Floor(), [.init([2, 0, 3], .uniform(-3, 3))], isDifferentiable: false),
    ]
  }
}

/// The largest whole number not above each element.
///
/// Infinities and the sign of zero are kept. The derivative is 0.
public func floor(_ x: Tensor) -> Tensor { apply(Floor(), [x]) }
