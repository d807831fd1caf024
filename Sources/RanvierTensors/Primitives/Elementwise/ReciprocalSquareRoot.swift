internal import CKernels

/// `1 / sqrt(x)`; infinity at 0, not-a-number below.
package struct ReciprocalSquareRoot: ElementwisePrimitive {
  package init() {}

  package var name: String { "reciprocal_square_root" }
  package var spelling: String { "rsqrt" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_RECIPROCAL_SQUARE_ROOT, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [application.cotangent * -0.5 * application.result / application.operand]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    1 / elements[0].squareRoot()
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(ReciprocalSquareRoot(), [.init([3, 4], .uniform(0.2, 4))]),
      PrimitiveSample(ReciprocalSquareRoot(), [.init([], .uniform(0.2, 4))]),
      PrimitiveSample(ReciprocalSquareRoot(), [.init([2, 0, 3], .uniform(0.2, 4))]),
    ]
  }
}

/// `1 / sqrt(x)` of each element: an infinity of its sign at zero, not-a-number below.
public func rsqrt(_ x: Tensor) -> Tensor { apply(ReciprocalSquareRoot(), [x]) }
