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
        let (total, count) = weightedSums(
          function(targets, predictions), weights, operation: name)
        return ["total": state["total"] + total, "count": state["count"] + count]
      },
      finalize: { $0["total"] / $0["count"] })
  }

  /// The mean of a loss over all samples.
  public static func mean(of loss: Loss) -> Metric {
    mean(of: loss.name) { targets, predictions in
      let losses = loss(targets, predictions, reduction: .none)
      // One number for a batch cannot be weighted by its examples; the error says so.
      return losses.error == nil && losses.rank > 0
        ? losses : loss.perExample(targets, predictions)
    }
  }
}

/// The sum of the values of a batch, each times its weight, and the sum of the weights, in `f64`.
func weightedSums(
  _ values: Tensor, _ weights: Tensor?, operation: String
) -> (total: Tensor, count: Tensor) {
  let values = values.cast(to: .float64)
  if values.error != nil { return (values, values) }
  guard let weights else {
    return (values.sum(), Tensor(Double(values.count)))
  }
  let counts = spread(weights, over: values, operation: operation)
  return (weigh(values, by: counts).sum(), counts.sum())
}
