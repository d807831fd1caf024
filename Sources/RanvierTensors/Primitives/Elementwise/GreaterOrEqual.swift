internal import CKernels

/// `a >= b`, element by element.
package struct GreaterOrEqual: ComparisonPrimitive {
  package init() {}

  package var name: String { "greater_or_equal" }
  package var spelling: String { "greaterOrEqual" }
  package var operationCode: UInt32 { CK_OP_GREATER_OR_EQUAL.rawValue }

  package func holds(_ first: Double, _ second: Double) -> Bool { first >= second }
}

/// Whether the first element is at least the second, broadcasting; never for not-a-number.
public func greaterOrEqual(_ first: some TensorOperand, _ second: some TensorOperand) -> Tensor {
  applyPromoting(GreaterOrEqual(), first, second)
}
