internal import CKernels

/// The bits of integers moved to higher places; zeros follow.
package struct ShiftLeft: ElementwisePrimitive {
  package init() {}

  package var name: String { "shift_left" }
  package var spelling: String { "shiftLeft" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_SHIFT_LEFT, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] { [nil, nil] }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    let width = Double(8 * type.byteCount)
    guard 0 <= elements[1], elements[1] < width else { return 0 }
    return Double(sign: .plus, exponent: Int(elements[1]), significand: 1) * elements[0]
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(
        ShiftLeft(),
        [.init([3, 4], .integers(-9, 9), .int32), .init([4], .integers(0, 33), .int32)],
        isDifferentiable: false),
      PrimitiveSample(
        ShiftLeft(), [.init([6], .integers(0, 9), .uint8), .init([], .integers(0, 5), .uint8)],
        isDifferentiable: false),
    ]
  }
}

/// The bits of integers moved by so many places to the left, broadcasting: `x * 2^amount`, wrapping.
///
/// Both operands are promoted to one integer type. An amount that is negative or not less than the
/// number of bits gives 0.
public func shiftLeft(_ x: some TensorOperand, by amount: some TensorOperand) -> Tensor {
  applyPromoting(ShiftLeft(), x, amount)
}
