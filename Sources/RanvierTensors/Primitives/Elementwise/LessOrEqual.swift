internal import CKernels

/// `a <= b`, element by element.
package struct LessOrEqual: ComparisonPrimitive {
  package init() {}

  package var name: String { "less_or_equal" }
  package var spelling: String { "lessOrEqual" }
  package var operationCode: UInt32 { CK_OP_LESS_OR_EQUAL.rawValue }

  package func holds(_ first: Double, _ second: Double) -> Bool { first <= second }
}

/// Whether the first element is at most the second, broadcasting; never for not-a-number.
public func lessOrEqual(_ first: some TensorOperand, _ second: some TensorOperand) -> Tensor {
  applyPromoting(LessOrEqual(), first, second)
}
