internal import CKernels

/// The same value under another id: what derivatives are taken with respect to.
package struct Alias: ElementwisePrimitive {
  package init() {}

  package var name: String { "alias" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_COPY, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [application.cotangent]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    elements[0]
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Alias(), [.init([3, 4], .uniform(-2, 2))]),
      PrimitiveSample(Alias(), [.init([], .uniform(-2, 2))]),
      PrimitiveSample(Alias(), [.init([2, 0, 3], .uniform(-2, 2))]),
    ]
  }
}
