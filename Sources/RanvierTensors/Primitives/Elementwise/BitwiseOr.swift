internal import CKernels

/// Bits combined by "or"; the logical operation on bool.
package struct BitwiseOr: ElementwisePrimitive {
  package init() {}

  package var name: String { "bitwise_or" }
  package var spelling: String { "bitwiseOr" }

  package func loopOperation(_ operands: [TensorType]) -> ElementLoop.Operation? {
    .element(CK_OP_BIT_OR, operands[0].elementType)
  }

  package func partialProducts(_ application: Application) -> [Tensor?] {
    [nil, nil]
  }

  package func evaluate(_ elements: [Double], _ type: ElementType) -> Double {
    Double(Int64(elements[0]) | Int64(elements[1]))
  }

  package static var samples: [PrimitiveSample] {
    [
      PrimitiveSample(
        BitwiseOr(),
        [.init([3, 4], .integers(-9, 9), .int32), .init([4], .integers(-9, 9), .int32)],
        isDifferentiable: false),
      PrimitiveSample(
        BitwiseOr(), [.init([6], .integers(0, 1), .bool), .init([6], .integers(0, 1), .bool)],
        isDifferentiable: false),
    ]
  }
}

/// The bits of integers combined by "or"; on bool the logical operation.
public func bitwiseOr(_ first: some TensorOperand, _ second: some TensorOperand) -> Tensor {
  applyPromoting(BitwiseOr(), first, second)
}
