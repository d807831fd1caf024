internal import CKernels

/// Bits combined by "exclusive or"; the logical operation on bool.
package struct BitwiseExclusiveOr: ElementwisePrimitive {
  package init() {}

  package var name: String { "bitwise_exclusive_or" }
  package var spelling: String { "bitwiseExclusiveOr" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_BIT_XOR, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [nil, nil]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    Double(Int64(elements[0]) ^ Int64(elements[1]))
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(
        BitwiseExclusiveOr(),
        [.init([3, 4], .integers(-9, 9), .int32), .init([4], .integers(-9, 9), .int32)],
        isDifferentiable: false),
      PrimitiveSample(
        BitwiseExclusiveOr(),
        [.init([6], .integers(0, 1), .bool), .init([6], .integers(0, 1), .bool)],
        isDifferentiable: false),
    ]
  }
}

/// The bits of integers combined by "exclusive or"; on bool the logical operation.
public func bitwiseExclusiveOr(_ first: some TensorOperand, _ second: some TensorOperand) -> Tensor
{
  applyPromoting(BitwiseExclusiveOr(), first, second)
}
