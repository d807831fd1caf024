internal import CKernels

/// The smallest whole number that is not smaller.
package struct Ceiling: ElementwisePrimitive {
  package init() {}

  package var name: String { "ceiling" }
  package var spelling: String { "ceil" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_CEILING, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [nil]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    elements[0].rounded(.up)
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(Ceiling(), [.init([3, 4], .uniform(-3, 3))], isDifferentiable: false),
      PrimitiveSample(Ceiling(), [.init([], .uniform(-3, 3))], isDifferentiable: false),
      PrimitiveSample(Ceiling(), [.init([2, 0, 3], .uniform(-3, 3))], isDifferentiable: false),
    ]
  }
}

/// The smallest whole number not below each element.
///
/// Infinities and the sign of zero are kept. The derivative is 0.
public func ceil(_ x: Tensor) -> Tensor { apply(Ceiling(), [x]) }
