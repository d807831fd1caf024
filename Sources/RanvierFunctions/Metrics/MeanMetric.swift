public import RanvierTensors

extension Metric {
  /// The mean of the values of a function over all examples, weighted if the batches are.
  ///
  /// Values and weights are summed in `f64`: counts are exact up to 2^53, where `f32` would stop at
  /// 2^24. Without examples the mean is not-a-number.
  ///
  /// - Parameters:
  ///   - name: The name.
  ///   - function: The values of a batch, `[batch]` or with more axes, each of which counts; or one
  ///     scalar, which counts once.
  public static func mean(
    of name: String,
    _ function: @escaping @Sendable (_ targets: Tensor, _ predictions: Tensor) -> Tensor
  ) -> Metric {
    let zero = Tensor(0.0)
    return Metric(
      name,
      initialize: { ["total": zero, "count": zero] },
      accumulate: { state, targets, predictions, weights in
        let values = function(targets, predictions).cast(to: .float64)
        let counts =
          weights.map { spread($0, over: values, operation: name) }
          ?? Tensor.ones(values.shape, elementType: .float64)
        let total = weights == nil ? values.sum() : weigh(values, by: counts).sum()
        return [
          "total": state["total"] + total,
          "count": state["count"] + (values.error == nil ? counts.sum() : values),
        ]
      },
      finalize: { $0["total"] / $0["count"] })
  }

  /// The mean of a loss over all examples.
  public static func mean(of loss: Loss) -> Metric {
    mean(of: loss.name) { loss.perExample($0, $1) }
  }
}
