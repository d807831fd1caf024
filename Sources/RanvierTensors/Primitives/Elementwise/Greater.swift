internal import CKernels

/// `a > b`, element by element.
package struct Greater: ComparisonPrimitive {
  package init() {}

  package var name: String { "greater" }
  package var operationCode: UInt32 { CK_OP_GREATER.rawValue }

  package func holds(_ first: Double, _ second: Double) -> Bool { first > second }
}

/// Whether the first element is greater than the second, broadcasting; never for not-a-number.
public func greater(_ first: some TensorOperand, _ second: some TensorOperand) -> Tensor {
  applyPromoting(Greater(), first, second)
}
