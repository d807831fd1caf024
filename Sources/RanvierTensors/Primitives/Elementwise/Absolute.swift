internal import CKernels

/// `|x|`, element by element; the derivative at 0 is 0.
package struct Absolute: ElementwisePrimitive {
  package init() {}

  package var name: String { "absolute" }
  package var spelling: String { "abs" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_ABSOLUTE, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [application.cotangent * (sign(application.operand))]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    Swift.abs(elements[0])
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Absolute(), [.init([3, 4], .uniform(0.3, 2))]),
      PrimitiveSample(Absolute(), [.init([], .uniform(0.3, 2))]),
      PrimitiveSample(Absolute(), [.init([2, 0, 3], .uniform(0.3, 2))]),
    ]
  }
}

/// The absolute value of each element; the derivative at 0 is 0.
public func abs(_ x: Tensor) -> Tensor { apply(Absolute(), [x]) }
