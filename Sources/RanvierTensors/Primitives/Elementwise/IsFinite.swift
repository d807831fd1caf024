internal import CKernels

/// Whether an element is neither infinite nor not-a-number.
package struct IsFinite: ElementwisePrimitive {
  package init() {}

  package var name: String { "is_finite" }
  package var spelling: String { "isFinite" }

  package func resultElementType(
    of operands: [TensorType]
  ) throws(OperationError) -> ElementType {
    .bool
  }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_IS_FINITE, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [nil]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    elements[0].isFinite ? 1 : 0
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(IsFinite(), [.init([3, 4], .uniform(-2, 2))], isDifferentiable: false),
      PrimitiveSample(IsFinite(), [.init([], .uniform(-2, 2))], isDifferentiable: false),
      PrimitiveSample(IsFinite(), [.init([2, 0, 3], .uniform(-2, 2))], isDifferentiable: false),
    ]
  }
}

/// Whether each element is neither infinite nor not-a-number.
public func isFinite(_ x: Tensor) -> Tensor { apply(IsFinite(), [x]) }
