internal import CKernels

/// The bits of integers moved to lower places; copies of the sign follow, zeros if there is none.
package struct ShiftRight: ElementwisePrimitive {
  package init() {}

  package var name: String { "shift_right" }
  package var spelling: String { "shiftRight" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_SHIFT_RIGHT, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] { [nil, nil] }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    let width = Double(8 * type.byteCount)
    guard 0 <= elements[1], elements[1] < width else { return elements[0] < 0 ? -1 : 0 }
    return (elements[0] * Double(sign: .plus, exponent: -Int(elements[1]), significand: 1))
      .rounded(.down)
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(
        ShiftRight(),
        [.init([3, 4], .integers(-99, 99), .int32), .init([4], .integers(0, 33), .int32)],
        isDifferentiable: false),
      PrimitiveSample(
        ShiftRight(), [.init([6], .integers(0, 99), .uint8), .init([], .integers(0, 5), .uint8)],
        isDifferentiable: false),
    ]
  }
}

/// The bits of integers moved by so many places to the right, broadcasting: `floor(x / 2^amount)`.
///
/// Negative integers stay negative. Both operands are promoted to one integer type. An amount that
/// is negative or not less than the number of bits gives 0, or -1 for negative integers.
public func shiftRight(_ x: some TensorOperand, by amount: some TensorOperand) -> Tensor {
  applyPromoting(ShiftRight(), x, amount)
}
