internal import CKernels

/// All bits inverted; the logical "not" on bool.
package struct BitwiseNot: ElementwisePrimitive {
  package init() {}

  package var name: String { "bitwise_not" }
  package var spelling: String { "bitwiseNot" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_BIT_NOT, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [nil]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    type == .bool ? 1 - elements[0] : Double(~Int64(elements[0]))
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(
        BitwiseNot(), [.init([3, 4], .integers(-9, 9), .int32)], isDifferentiable: false),
      PrimitiveSample(BitwiseNot(), [.init([5], .integers(0, 1), .bool)], isDifferentiable: false),
      PrimitiveSample(
        BitwiseNot(), [.init([2, 0, 3], .integers(-9, 9), .int8)], isDifferentiable: false),
    ]
  }
}

/// All bits of integers inverted; on bool the logical "not".
public func bitwiseNot(_ x: Tensor) -> Tensor { apply(BitwiseNot(), [x]) }
