internal import CKernels

/// `a > 0 ? b : 0`: the derivative of the rectified linear function, in one pass over its operands.
package struct PositiveGate: ElementwisePrimitive {
  package init() {}

  package var name: String { "positive_gate" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_POSITIVE_GATE, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [
      nil,
      application.ifNeeded(1) {
        apply(PositiveGate(), [application.operands[0], application.cotangent])
      },
    ]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    elements[0] > 0 ? elements[1] : 0
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(PositiveGate(), [.init([12], .uniform(0.2, 2)), .init([12])]),
      PrimitiveSample(PositiveGate(), [.init([3, 4], .uniform(-2, -0.2)), .init([4])]),
      PrimitiveSample(PositiveGate(), [.init([3, 4]), .init([3, 1])], isDifferentiable: false),
      PrimitiveSample(PositiveGate(), [.init([], .uniform(0.2, 2)), .init([2, 0])]),
    ]
  }
}
