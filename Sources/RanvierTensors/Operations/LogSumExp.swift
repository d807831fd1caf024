/// `log(exp(a) + exp(b))`, broadcasting, without overflow and without loss of small terms.
///
/// Minus infinity is the neutral element; two equal infinities give that infinity. The derivatives
/// are the shares of both terms in the sum, one half each for equal ones.
public func logAddExp(_ first: some TensorOperand, _ second: some TensorOperand) -> Tensor {
  let (a, b) = promoted(first, second)
  return composed("logAddExp", a, b) { operands in
    let (a, b) = (operands[0], operands[1])
    // Chosen by a condition rather than by maximum and abs, so that equal operands have right
    // derivatives of every order.
    let isOrdered = greaterOrEqual(a, b)
    let (larger, smaller) = (select(isOrdered, a, b), select(isOrdered, b, a))
    let areSameInfinity = bitwiseAnd(equal(a, b), isInfinite(a))
    let distance = select(areSameInfinity, 0, smaller - larger)
    return select(areSameInfinity, (a + b) * 0.5, larger + log1p(exp(distance)))
  }
}

extension Tensor {
  /// `log(sum(exp(x)))` along axes (all by default), without overflow.
  ///
  /// Minus infinity for no elements, or for elements that are all minus infinity; infinity if one
  /// is infinite. The derivative is the softmax of the elements; it is 0 where the result is
  /// infinite.
  public func logSumExp(alongAxes axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    let spelling = "logSumExp(alongAxes:)"
    let positions: [Int]
    do {
      positions = try normalizedAxes(axes ?? Array(0 ..< rank), operation: spelling)
    } catch {
      return Tensor(invalid: error)
    }
    let result = composed(spelling, self) { operands in
      let x = operands[0]
      // A constant for derivatives, since it cancels.
      let largest = stopGradient(x.max(alongAxes: positions, keepingAxes: true))
      // Infinity minus itself is no number, but here it is no distance.
      let isInfinity = bitwiseAnd(equal(x, largest), isInfinite(largest))
      let distance = select(isInfinity, 0, x - largest)
      return log(exp(distance).sum(alongAxes: positions, keepingAxes: true)) + largest
    }
    return keepingAxes || result.error != nil ? result : result.squeezed(axes: positions)
  }
}
