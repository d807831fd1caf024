internal import CKernels

/// `a < b`, element by element.
package struct Less: ComparisonPrimitive {
  package init() {}

  package var name: String { "less" }
  package var operationCode: UInt32 { CK_OP_LESS.rawValue }

  package func holds(_ first: Double, _ second: Double) -> Bool { first < second }
}

/// Whether the first element is less than the second, broadcasting; never for not-a-number.
public func less(_ first: some TensorOperand, _ second: some TensorOperand) -> Tensor {
  applyPromoting(Less(), first, second)
}
