internal import CKernels

/// `a / b`, element by element; integers truncate, and give 0 for division by 0.
package struct Divide: ElementwisePrimitive {
  package init() {}

  package var name: String { "divide" }
  package var spelling: String { "/" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_DIVIDE, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [
      application.ifNeeded(0) { application.cotangent / application.operands[1] },
      application.ifNeeded(1) {
        -(application.cotangent * application.result / application.operands[1])
      },
    ]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    let quotient = elements[0] / elements[1]
    guard type.isInteger else { return quotient }
    return elements[1] == 0 ? 0 : quotient.rounded(.towardZero)
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(
        Divide(), [.init([3, 4], .uniform(0.5, 2)), .init([3, 4], .uniform(0.5, 2))]),
      PrimitiveSample(
        Divide(), [.init([2, 3, 4], .uniform(0.5, 2)), .init([3, 1], .uniform(0.5, 2))]),
      PrimitiveSample(
        Divide(), [.init([4], .uniform(0.5, 2)), .init([2, 1, 4], .uniform(0.5, 2))]),
      PrimitiveSample(Divide(), [.init([], .uniform(0.5, 2)), .init([2, 2], .uniform(0.5, 2))]),
      PrimitiveSample(Divide(), [.init([0, 3], .uniform(0.5, 2)), .init([3], .uniform(0.5, 2))]),
    ]
  }
}

extension Tensor {
  /// The quotients of elements, broadcasting; integers truncate toward zero, and division of
  /// integers by zero gives 0.
  public static func / (first: Tensor, second: Tensor) -> Tensor {
    applyPromoting(Divide(), first, second)
  }

  /// The quotients of elements, broadcasting; integers truncate toward zero, and division of
  /// integers by zero gives 0.
  public static func / (first: Tensor, second: some ScalarOperand) -> Tensor {
    applyPromoting(Divide(), first, second)
  }

  /// The quotients of elements, broadcasting; integers truncate toward zero, and division of
  /// integers by zero gives 0.
  public static func / (first: some ScalarOperand, second: Tensor) -> Tensor {
    applyPromoting(Divide(), first, second)
  }
}
