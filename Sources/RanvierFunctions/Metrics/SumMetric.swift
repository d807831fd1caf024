public import RanvierTensors

extension Metric {
  /// The sum of the values of a function over all examples, each times its weight, in `f64`.
  ///
  /// Without examples the sum is 0.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - function: The values of a batch, `[batch]` or with more axes; or one scalar.
  public static func sum(
    of name: String,
    _ function: @escaping @Sendable (_ targets: Tensor, _ predictions: Tensor) -> Tensor
  ) -> Metric {
    let zero = Tensor(0.0)
    return Metric(
      name, initialize: { ["total": zero] },
      accumulate: { state, targets, predictions, weights in
        let values = function(targets, predictions)
        return ["total": state["total"] + weightedSums(values, weights, operation: name).total]
      },
      finalize: { $0["total"] })
  }
}
