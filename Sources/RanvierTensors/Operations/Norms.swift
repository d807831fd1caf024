extension Tensor {
  /// The norm of the elements along axes (all by default): how far they are from zero.
  ///
  /// | order | norm |
  /// |---|---|
  /// | 2 | `sqrt(sum(x^2))`, of a matrix the Frobenius norm |
  /// | 1 | `sum(\|x\|)` |
  /// | `.infinity` | `max(\|x\|)` |
  /// | 0 | the number of elements that are not zero |
  /// | `p > 0` | `sum(\|x\|^p)^(1/p)` |
  ///
  /// Derivatives are zero where the norm is, and so is every element's share that is zero. Integers
  /// give `f32`; elements of 16 bits are summed up in `f32`. Powers may overflow where the norm
  /// would not, except for an order of 2. The norm of no elements is 0.
  public func norm(
    order: Double = 2, alongAxes axes: [Int]? = nil, keepingAxes: Bool = false
  ) -> Tensor {
    if error != nil { return self }
    if elementType == .float16 || elementType == .bfloat16 {
      return cast(to: .float32).norm(order: order, alongAxes: axes, keepingAxes: keepingAxes)
        .cast(to: elementType)
    }
    let x = elementType.isFloatingPoint ? self : cast(to: .float32)
    func sum(_ terms: Tensor) -> Tensor {
      terms.sum(alongAxes: axes, keepingAxes: keepingAxes).spelled("norm(order:)")
    }
    switch order {
    case 2:
      return x.reduced(
        by: EuclideanNorm.self, alongAxes: axes, keepingAxes: keepingAxes,
        spelling: "norm(order:)")
    case 1: return sum(abs(x))
    case 0: return sum(notEqual(x, 0).cast(to: x.elementType))
    case .infinity:
      // A maximum of nothing would be negative.
      return maximum(abs(x).max(alongAxes: axes, keepingAxes: keepingAxes), 0)
        .spelled("norm(order:)")
    case let p where p > 0 && p.isFinite:
      return fixingZero(sum(fixingZero(abs(x)) { pow($0, p) })) { pow($0, 1 / p) }
    default:
      return Tensor(
        invalid: OperationError(
          operation: "norm(order:)", rule: "an order of 0 or more",
          got: "\(order) for shape \(shape)"))
    }
  }

  /// The tensor divided by its norm along axes (the last by default), so that the norm becomes 1.
  ///
  /// - Parameter epsilon: The smallest number that is divided by: norms below it do not become 1,
  ///   and zeros stay zeros.
  public func normalized(
    order: Double = 2, alongAxes axes: [Int]? = [-1], epsilon: Double = 1e-12
  ) -> Tensor {
    (self / maximum(norm(order: order, alongAxes: axes, keepingAxes: true), epsilon))
      .spelled("normalized(order:alongAxes:)", self)
  }
}

/// A function of numbers that are not negative and that it maps to themselves at zero, where its
/// derivative is taken to be zero.
package func fixingZero(_ x: Tensor, _ function: (Tensor) -> Tensor) -> Tensor {
  let isZero = equal(x, 0)
  // Chosen before and after: infinite derivatives at zero would meet cotangents of zero.
  return select(isZero, x, function(select(isZero, 1, x)))
}
