extension Tensor {
  /// The number below which a share of the elements along axes (all by default) lies.
  ///
  /// In sorted order the `n` elements stand at 0, 1 ... n - 1; the result stands at
  /// `share * (n - 1)`, on the line between its two neighbours there.
  ///
  /// If one of the elements is not a number, neither is the result, nor is it for no elements.
  /// Integers give `f32`. Derivatives go to the two neighbours.
  ///
  /// - Parameter share: From 0 (the minimum) to 1 (the maximum).
  /// - Note: NumPy's `percentile` takes a hundred times the share.
  public func quantile(
    _ share: Double, alongAxes axes: [Int]? = nil, keepingAxes: Bool = false
  ) -> Tensor {
    do throws(OperationError) {
      let operation = "quantile(_:alongAxes:)"
      guard (0 ... 1).contains(share) else {
        throw OperationError(
          operation: operation, rule: "a share from 0 to 1", got: "\(share) for shape \(shape)")
      }
      let reduced = try normalizedAxes(axes ?? Array(0 ..< rank), operation: operation)
      let kept = (0 ..< rank).filter { !reduced.contains($0) }
      let size = reduced.reduce(1) { $0 &* shape[$1] }
      let outer = kept.map { shape[$0] }
      let rows = transposed(permutation: kept + reduced).reshaped(to: Shape(outer + [size]))
      let result = size == 0 || count == 0 ? rows.mean(alongAxes: [-1]) : rows.quantileOfRows(share)
      guard keepingAxes else { return result }
      return result.reshaped(to: Shape((0 ..< rank).map { reduced.contains($0) ? 1 : shape[$0] }))
    } catch {
      return Tensor(invalid: error)
    }
  }

  /// The middle of the elements along axes (all by default) in sorted order; of an even number, the
  /// mean of the two in the middle.
  ///
  /// If one of the elements is not a number, neither is the result, nor is it for no elements.
  /// Integers give `f32`.
  public func median(alongAxes axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor {
    quantile(0.5, alongAxes: axes, keepingAxes: keepingAxes).spelled("median(alongAxes:)", self)
  }

  /// The quantiles along the last axis, which is not empty.
  private func quantileOfRows(_ share: Double) -> Tensor {
    let type: ElementType = elementType == .float64 ? .float64 : .float32
    let sorted = elementType == .bool ? cast(to: .uint8).sorted() : sorted()
    let place = share * Double(shape[-1] - 1)
    let before = Int(place)
    let low = sorted[.ellipsis, before].cast(to: type)
    var result = low
    if Double(before) < place {
      let high = sorted[.ellipsis, before + 1].cast(to: type)
      // Between equal infinities there is no distance to take a share of.
      let isInfinity = bitwiseAnd(equal(low, high), bitwiseNot(isFinite(low)))
      result = select(isInfinity, low, low + (high - low) * (place - Double(before)))
    }
    // What is not a number comes last.
    let last = sorted[.ellipsis, -1].cast(to: type)
    result = select(notEqual(last, last), last, result)
    return elementType.isFloatingPoint ? result.cast(to: elementType) : result
  }
}
