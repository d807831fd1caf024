internal import CKernels

/// `-x`, element by element.
package struct Negate: ElementwisePrimitive {
  package init() {}

  package var name: String { "negate" }
  package var spelling: String { "-" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_NEGATE, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [-application.cotangent]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    -elements[0]
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Negate(), [.init([3, 4], .uniform(-2, 2))]),
      PrimitiveSample(Negate(), [.init([], .uniform(-2, 2))]),
      PrimitiveSample(Negate(), [.init([2, 0, 3], .uniform(-2, 2))]),
    ]
  }
}

extension Tensor {
  /// The elements with their signs changed; integers wrap.
  public static prefix func - (x: Tensor) -> Tensor { apply(Negate(), [x]) }
}
