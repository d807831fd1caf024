internal import CKernels

/// What division of `a` by `b` with truncation leaves, with the sign of `a`.
package struct Remainder: ElementwisePrimitive {
  package init() {}

  package var name: String { "remainder" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_REMAINDER, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [
      application.cotangent,
      application.ifNeeded(1) {
        let (a, b) = (application.operands[0], application.operands[1])
        // The whole quotient by way of the exact remainder: a / b itself may round up to it.
        return -(application.cotangent * round((a - application.result) / b))
      },
    ]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    type.isInteger && elements[1] == 0
      ? 0 : elements[0].truncatingRemainder(dividingBy: elements[1])
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(
        Remainder(), [.init([3, 4], .uniform(4.1, 4.4)), .init([3, 4], .uniform(1.5, 1.9))]),
      PrimitiveSample(
        Remainder(), [.init([2, 3, 4], .uniform(-4.4, -4.1)), .init([3, 1], .uniform(1.5, 1.9))]),
      PrimitiveSample(
        Remainder(), [.init([], .uniform(2.1, 2.3)), .init([2, 2], .uniform(-1.9, -1.4))]),
      PrimitiveSample(Remainder(), [.init([0, 3]), .init([3], .uniform(1, 2))]),
      PrimitiveSample(
        Remainder(),
        [.init([9], .integers(-9, 9), .int32), .init([3, 1], .integers(-3, 3), .int32)],
        isDifferentiable: false),
    ]
  }
}

/// What division with truncation leaves, broadcasting: `a - b * trunc(a / b)`, as C's `fmod` and
/// `%` on integers.
///
/// The result has the sign of the first element and is smaller than the second in magnitude; it is
/// exact. A floating-point division by zero, or of an infinity, gives not-a-number; an infinite
/// second element leaves the first as it is. On integers a division by zero gives 0. The derivative
/// is 1 for the first element and `-trunc(a / b)` for the second. ``floorModulo(_:_:)`` has the sign
/// of the second element instead.
public func remainder(_ first: some TensorOperand, _ second: some TensorOperand) -> Tensor {
  applyPromoting(Remainder(), first, second)
}
