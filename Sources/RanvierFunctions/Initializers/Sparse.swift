internal import RanvierTensors

extension Initializer {
  /// Normally distributed numbers, of which a share of each column is 0: every output combines the
  /// same small number of inputs.
  ///
  /// Of n rows, `sparsity * n` are 0, rounded up; which ones is random for each column. All axes but
  /// the last count as rows.
  ///
  /// - Parameters:
  ///   - sparsity: The share of zeros in each column, 0 to 1.
  ///   - standardDeviation: The standard deviation of the other numbers.
  /// - Shapes: `[inputs, outputs]` or `[size..., inputs, outputs]`.
  /// - Source: Martens 2010, "Deep learning via Hessian-free optimization".
  public static func sparse(_ sparsity: Double, standardDeviation: Double = 0.01) -> Initializer {
    Initializer(
      "sparse", options: ["sparsity": sparsity, "standard_deviation": standardDeviation]
    ) { shape, key, type, options in
      let sparsity = options["sparsity"] ?? sparsity
      guard shape.rank >= 2, (0 ... 1).contains(sparsity) else {
        return Tensor(
          invalid: OperationError(
            operation: "sparse",
            rule: "a kernel [inputs, outputs] or [size..., inputs, outputs], and a share of zeros",
            got: "\(shape), sparsity \(sparsity)"))
      }
      let keys = key.split(2)
      let numbers = keys[0].normal(
        shape, standardDeviation: options["standard_deviation"] ?? standardDeviation,
        elementType: type)
      if shape.count == 0 { return numbers }
      let rows = shape.count / shape[-1]
      // A product such as 0.07 * 100 is a little above the whole number that is meant.
      let zeros = Int((sparsity * Double(rows) - 1e-9).rounded(.up))
      // The position of each row in a random order.
      let order = keys[1].bits([rows, shape[-1]]).sortedPositions(alongAxis: 0)
      let position = order.sortedPositions(alongAxis: 0).reshaped(to: shape)
      return select(less(position, zeros), 0, numbers)
    }
  }
}
