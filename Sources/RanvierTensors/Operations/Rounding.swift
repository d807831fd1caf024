/// The whole number next to each element toward zero; integers stay as they are.
///
/// Infinities and the sign of zero are kept. The derivative is 0.
public func trunc(_ x: Tensor) -> Tensor {
  guard x.elementType.isFloatingPoint else { return x }
  return select(less(x, 0), ceil(x), floor(x))
}

/// What each element has after the point, with its sign: `x - trunc(x)`.
///
/// Not-a-number for infinities. The derivative is 1.
public func fractionalPart(_ x: Tensor) -> Tensor {
  (x - trunc(x)).spelled("fractionalPart", x)
}

/// The quotients of elements, broadcasting, rounded down to whole numbers.
///
/// A floating-point division by zero gives what `/` gives; on integers it gives 0. The derivative is
/// 0. Where `b` is not zero, `a = b * floorDivide(a, b) + floorModulo(a, b)`.
public func floorDivide(_ first: some TensorOperand, _ second: some TensorOperand) -> Tensor {
  let (a, b) = promoted(first, second)
  let (rest, isBelow) = remainderAndSide(a, b)
  let step = isBelow.cast(to: a.elementType)
  guard a.elementType.isFloatingPoint else {
    return (a / b - step).spelled("floorDivide", first, second)
  }
  // By way of the exact remainder: a / b itself may round up to a whole number.
  return select(equal(b, 0), stopGradient(a / b), round((a - rest) / b) - step)
    .spelled("floorDivide", first, second)
}

/// What division with rounding down leaves, broadcasting: `a - b * floor(a / b)`, as Python's `%`.
///
/// The result has the sign of the second element, or is zero. A floating-point division by zero, or
/// of an infinity, gives not-a-number; on integers a division by zero gives 0. The derivative is 1
/// for the first element and `-floor(a / b)` for the second. ``remainder(_:_:)`` has the sign of the
/// first element instead.
public func floorModulo(_ first: some TensorOperand, _ second: some TensorOperand) -> Tensor {
  let (a, b) = promoted(first, second)
  let (rest, isBelow) = remainderAndSide(a, b)
  return select(isBelow, rest + b, rest).spelled("floorModulo", first, second)
}

/// The remainder of truncating division, and whether the quotient rounded down is one less.
private func remainderAndSide(_ a: Tensor, _ b: Tensor) -> (rest: Tensor, isBelow: Tensor) {
  let rest: Tensor = apply(Remainder(), [a, b])
  return (rest, bitwiseAnd(notEqual(rest, 0), notEqual(less(rest, 0), less(b, 0))))
}
