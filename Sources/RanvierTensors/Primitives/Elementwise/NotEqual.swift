internal import CKernels

/// `a != b`, element by element.
package struct NotEqual: ComparisonPrimitive {
  package init() {}

  package var name: String { "not_equal" }
  package var spelling: String { "notEqual" }
  package var operationCode: UInt32 { CK_OP_NOT_EQUAL.rawValue }

  package func holds(_ first: Double, _ second: Double) -> Bool { first != second }
}

/// Whether both elements are different, broadcasting; not-a-number differs from everything, itself
/// included.
public func notEqual(_ first: some TensorOperand, _ second: some TensorOperand) -> Tensor {
  applyPromoting(NotEqual(), first, second)
}
