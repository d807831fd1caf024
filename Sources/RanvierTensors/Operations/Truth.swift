/// Whether each element is not-a-number; integers and truth values never are.
public func isNaN(_ x: Tensor) -> Tensor { notEqual(x, x) }

/// Whether each element is infinity or minus infinity; integers and truth values never are.
public func isInfinite(_ x: Tensor) -> Tensor {
  x.elementType.isFloatingPoint ? equal(abs(x), Double.infinity) : notEqual(x, x)
}

/// Whether both elements are true, broadcasting; numbers count as true if they are not 0.
public func logicalAnd(_ first: Tensor, _ second: Tensor) -> Tensor {
  bitwiseAnd(first.cast(to: .bool), second.cast(to: .bool)).spelled("logicalAnd", first, second)
}

/// Whether at least one of two elements is true, broadcasting; numbers count as true if they are
/// not 0.
public func logicalOr(_ first: Tensor, _ second: Tensor) -> Tensor {
  bitwiseOr(first.cast(to: .bool), second.cast(to: .bool)).spelled("logicalOr", first, second)
}

/// Whether exactly one of two elements is true, broadcasting; numbers count as true if they are
/// not 0.
public func logicalXor(_ first: Tensor, _ second: Tensor) -> Tensor {
  bitwiseExclusiveOr(first.cast(to: .bool), second.cast(to: .bool))
    .spelled("logicalXor", first, second)
}

/// Whether each element is false; numbers count as true if they are not 0.
public func logicalNot(_ x: Tensor) -> Tensor { bitwiseNot(x.cast(to: .bool)) }
