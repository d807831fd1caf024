internal import CKernels

/// The same value, with no derivative.
package struct StopGradient: ElementwisePrimitive {
  package init() {}

  package var name: String { "stop_gradient" }
  package var spelling: String { "stopGradient" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_COPY, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] { [nil] }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double { elements[0] }

  package static var samples: [PrimitiveSample] {
    [PrimitiveSample(StopGradient(), [.init([3, 4])], isDifferentiable: false)]
  }
}
