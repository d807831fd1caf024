internal import CKernels

/// The third operand where the first is larger than the second, half of it where they are equal,
/// otherwise 0: what the derivative of a maximum gives its operands, in one pass.
///
/// Where `a` or `b` is not-a-number, the result is 0. What is not chosen does no harm.
package struct LargerShare: ElementwisePrimitive {
  package init() {}

  package var name: String { "larger_share" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_LARGER_SHARE, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    let (a, b) = (application.operands[0], application.operands[1])
    return [
      nil, nil,
      application.ifNeeded(2) { apply(LargerShare(), [a, b, application.cotangent]) },
    ]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    let (a, b, c) = (elements[0], elements[1], elements[2])
    return a > b ? c : a == b ? c / 2 : 0
  }

  package static var samples: [PrimitiveSample] {
    let low = PrimitiveSample.Operand([3, 4], .uniform(-2, -0.2))
    return [
      PrimitiveSample(LargerShare(), [.init([3, 4], .uniform(0.2, 2)), low, .init([3, 4])]),
      PrimitiveSample(LargerShare(), [low, .init([4], .uniform(0.2, 2)), .init([3, 1])]),
      PrimitiveSample(
        LargerShare(), [.init([12], .integers(0, 2)), .init([12], .integers(0, 2)), .init([12])],
        isDifferentiable: false),
      PrimitiveSample(LargerShare(), [.init([], .uniform(0.2, 2)), .init([]), .init([2, 0])]),
    ]
  }
}
