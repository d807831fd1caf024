internal import CKernels

/// The square root; not-a-number below 0.
package struct SquareRoot: ElementwisePrimitive {
  package init() {}

  package var name: String { "square_root" }
  package var spelling: String { "sqrt" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_SQUARE_ROOT, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [application.cotangent * 0.5 / application.result]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    elements[0].squareRoot()
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(SquareRoot(), [.init([3, 4], .uniform(0.2, 4))]),
      PrimitiveSample(SquareRoot(), [.init([], .uniform(0.2, 4))]),
      PrimitiveSample(SquareRoot(), [.init([2, 0, 3], .uniform(0.2, 4))]),
    ]
  }
}

/// The square root of each element; not-a-number below 0.
///
/// Zeros keep their sign; the derivative there is infinite.
public func sqrt(_ x: Tensor) -> Tensor { apply(SquareRoot(), [x]) }
