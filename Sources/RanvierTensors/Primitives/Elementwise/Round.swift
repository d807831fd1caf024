internal import CKernels

/// The nearest whole number; halves go to the even one.
package struct Round: ElementwisePrimitive {
  package init() {}

  package var name: String { "round" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_ROUND, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [nil]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    elements[0].rounded(.toNearestOrEven)
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Round(), [.init([3, 4], .uniform(-3, 3))], isDifferentiable: false),
      PrimitiveSample(Round(), [.init([], .uniform(-3, 3))], isDifferentiable: false),
      PrimitiveSample(Round(), [.init([2, 0, 3], .uniform(-3, 3))], isDifferentiable: false),
    ]
  }
}

/// The nearest whole number to each element; halves go to the even one.
///
/// Infinities and the sign of zero are kept. The derivative is 0.
public func round(_ x: Tensor) -> Tensor { apply(Round(), [x]) }
