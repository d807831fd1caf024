extension Tensor {
  /// The different elements in ascending order, how often each occurs, and which of them each
  /// element is.
  ///
  /// Zeros of either sign are one element, and all that is not a number is another. How many
  /// elements there are depends on the tensor's, so these must be known; while a function is being
  /// compiled, the results are invalid.
  ///
  ///     let (values, counts, positions) = x.unique()
  ///     // values[positions] equals x
  ///
  /// - Shapes: `[...]` gives values and counts (i32) `[n]`, and positions (i32) `[...]`.
  public func unique() -> (values: Tensor, counts: Tensor, positions: Tensor) {
    do throws(OperationError) {
      let known = try known("unique()")
      if elementType == .bool {
        let result = cast(to: .uint8).unique()
        return (result.values.cast(to: .bool), result.counts, result.positions)
      }
      if count == 0 {
        let none = Tensor.zeros([0], elementType: .int32)
        return (known.flattened(), none, Tensor.zeros(shape, elementType: .int32))
      }
      let flat = known.flattened()
      let order = flat.sortedPositions()
      let sorted = flat.gathered(at: order)
      let (earlier, later) = (sorted[..<(-1)], sorted[1...])
      let isNumber = bitwiseOr(equal(earlier, earlier), equal(later, later))
      let isOther = bitwiseAnd(notEqual(earlier, later), isNumber)
      let isFirst = Tensor(concatenating: [Tensor([true]), isOther])
      let numbers = isFirst.cast(to: .int32).cumulativeSum(alongAxis: 0) - 1
      let values = sorted[isFirst]
      let positions: Tensor = apply(
        ScatterAdd(axis: 0, size: count), [numbers, order.cast(to: .int64)])
      return (values, bincount(numbers, bins: values.count), positions.reshaped(to: shape))
    } catch {
      let invalid = Tensor(invalid: error)
      return (invalid, invalid, invalid)
    }
  }
}
