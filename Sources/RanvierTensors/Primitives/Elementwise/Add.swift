internal import CKernels

/// `a + b`, element by element.
package struct Add: ElementwisePrimitive {
  package init() {}

  package var name: String { "add" }
  package var spelling: String { "+" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_ADD, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [
      application.ifNeeded(0) { application.cotangent },
      application.ifNeeded(1) { application.cotangent },
    ]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    elements[0] + elements[1]
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Add(), [.init([3, 4]), .init([3, 4])]),
      PrimitiveSample(Add(), [.init([2, 3, 4]), .init([3, 1])]),
      PrimitiveSample(Add(), [.init([4]), .init([2, 1, 4])]),
      PrimitiveSample(Add(), [.init([]), .init([2, 2])]),
      PrimitiveSample(Add(), [.init([0, 3]), .init([3])]),
    ]
  }
}

extension Tensor {
  /// The sums of elements, broadcasting.
  public static func + (first: Tensor, second: Tensor) -> Tensor {
    applyPromoting(Add(), first, second)
  }

  /// The sums of elements, broadcasting.
  public static func + (first: Tensor, second: some ScalarOperand) -> Tensor {
    applyPromoting(Add(), first, second)
  }

  /// The sums of elements, broadcasting.
  public static func + (first: some ScalarOperand, second: Tensor) -> Tensor {
    applyPromoting(Add(), first, second)
  }
}
