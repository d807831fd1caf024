internal import CKernels

/// `a == b`, element by element.
package struct Equal: ComparisonPrimitive {
  package init() {}

  package var name: String { "equal" }
  package var operationCode: UInt32 { CK_OP_EQUAL.rawValue }

  package func holds(_ first: Double, _ second: Double) -> Bool { first == second }
}

/// Whether both elements are equal, broadcasting; not-a-number equals nothing, and zeros equal each
/// other.
public func equal(_ first: some TensorOperand, _ second: some TensorOperand) -> Tensor {
  applyPromoting(Equal(), first, second)
}
