extension Tensor {
  /// The mean of the elements along axes (all by default); not-a-number for none.
  ///
  /// Integers are averaged in `f32`.
  ///
  /// The 16-bit types are averaged in `f32` too and rounded once: their sums could be too large.
  public func mean(alongAxes axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    if elementType == .float16 || elementType == .bfloat16 {
      return cast(to: .float32).mean(alongAxes: axes, keepingAxes: keepingAxes).cast(
        to: elementType)
    }
    let numbers = elementType.isFloatingPoint ? self : cast(to: .float32)
    let sum = numbers.sum(alongAxes: axes, keepingAxes: keepingAxes)
    if sum.error != nil { return sum.spelled("mean(alongAxes:)", self) }
    return sum / count(alongAxes: axes)
  }

  /// The mean squared distance from the mean along axes (all by default).
  ///
  /// - Parameter correction: Subtracted from the number of elements in the denominator: 0 gives the
  ///   variance of the elements themselves, 1 the unbiased estimate from a sample.
  public func variance(
    alongAxes axes: [Int]? = nil, keepingAxes: Bool = false, correction: Int = 0
  ) -> Tensor {
    if elementType == .float16 || elementType == .bfloat16 {
      return cast(to: .float32)
        .variance(alongAxes: axes, keepingAxes: keepingAxes, correction: correction)
        .cast(to: elementType)
    }
    let distance = self - mean(alongAxes: axes, keepingAxes: true)
    let sum = (distance * distance).sum(alongAxes: axes, keepingAxes: keepingAxes)
    if sum.error != nil { return sum.spelled("variance(alongAxes:)", self) }
    return sum / (count(alongAxes: axes) - Double(correction))
  }

  /// The number of elements along axes of the tensor, which may be too large for an integer if the
  /// tensor is empty.
  private func count(alongAxes axes: [Int]?) -> Double {
    (axes ?? Array(0 ..< rank)).reduce(1) { $0 * Double(shape[$1]) }
  }

  /// The square root of the variance along axes (all by default).
  public func standardDeviation(
    alongAxes axes: [Int]? = nil, keepingAxes: Bool = false, correction: Int = 0
  ) -> Tensor {
    sqrt(variance(alongAxes: axes, keepingAxes: keepingAxes, correction: correction))
      .spelled("standardDeviation(alongAxes:)", self)
  }
}

/// The square of each element.
public func square(_ x: Tensor) -> Tensor { (x * x).spelled("square", x) }

/// The same values, treated as constants by derivatives.
public func stopGradient(_ x: Tensor) -> Tensor {
  apply(StopGradient(), [x])
}
