internal import CKernels

/// `a * b`, element by element.
package struct Multiply: ElementwisePrimitive {
  package init() {}

  package var name: String { "multiply" }
  package var spelling: String { "*" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_MULTIPLY, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [
      application.ifNeeded(0) { application.cotangent * application.operands[1] },
      application.ifNeeded(1) { application.cotangent * application.operands[0] },
    ]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    elements[0] * elements[1]
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Multiply(), [.init([3, 4]), .init([3, 4])]),
      PrimitiveSample(Multiply(), [.init([2, 3, 4]), .init([3, 1])]),
      PrimitiveSample(Multiply(), [.init([4]), .init([2, 1, 4])]),
      PrimitiveSample(Multiply(), [.init([]), .init([2, 2])]),
      PrimitiveSample(Multiply(), [.init([0, 3]), .init([3])]),
    ]
  }
}

extension Tensor {
  /// The products of elements, broadcasting.
  public static func * (first: Tensor, second: Tensor) -> Tensor {
    applyPromoting(Multiply(), first, second)
  }

  /// The products of elements, broadcasting.
  public static func * (first: Tensor, second: some ScalarOperand) -> Tensor {
    applyPromoting(Multiply(), first, second)
  }

  /// The products of elements, broadcasting.
  public static func * (first: some ScalarOperand, second: Tensor) -> Tensor {
    applyPromoting(Multiply(), first, second)
  }
}
