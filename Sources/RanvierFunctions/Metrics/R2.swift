internal import RanvierTensors

extension Metric {
  /// The share of the targets' variance that predictions explain.
  public static let r2 = Metric.r2()

  /// The share of the targets' variance that predictions explain: 1 if all are right, 0 for the
  /// mean of the targets, negative for what is worse.
  ///
  /// `1 - sum((targets - predictions)^2) / sum((targets - mean(targets))^2)` for each output. Where
  /// all targets are equal, such as that of one example, it is not-a-number.
  ///
  /// - Shapes: targets as predictions, `[batch]` or `[batch..., outputs]`; weights the leading
  ///   axes. A scalar, or `[outputs]` for ``Averaging/none``.
  /// - Parameter averaging: How the values of several outputs become one: ``Averaging/macro`` their
  ///   mean, ``Averaging/weighted`` their mean weighted by the targets' variances,
  ///   ``Averaging/micro`` that of all numbers as one output.
  public static func r2(averaging: Averaging = .macro) -> Metric {
    Metric(
      "r2", initialize: { VarianceExplained.none.state },
      measure: { targets, predictions, weights in
        do throws(OperationError) {
          return try VarianceExplained(
            targets, predictions, weights, together: averaging == .micro
          ).state
        } catch {
          return VarianceExplained.none.state.mapValues { _ in Tensor(invalid: error) }
        }
      },
      merge: { VarianceExplained($0).merged(with: VarianceExplained($1)).state },
      finalize: { state in
        let sums = VarianceExplained(state)
        return averaging(sums.shares, support: sums.spread)
      })
  }
}

/// What the variance of targets and the errors of predictions are made of, in `f64`: `[outputs]`.
///
/// Squares are taken of distances from the mean and moved when means meet, since the difference of
/// two large sums would lose the digits that count.
private struct VarianceExplained {
  var count: Tensor
  var mean: Tensor
  /// The sum of the squares of the targets' distances from their mean.
  var spread: Tensor
  /// The sum of the squares of the predictions' distances from the targets.
  var error: Tensor
  /// The smallest and the largest target: whether all are equal cannot be told from rounded sums.
  var lowest: Tensor
  var highest: Tensor

  static let none: VarianceExplained = {
    let zero = Tensor(0.0)
    return VarianceExplained([
      "count": zero, "mean": zero, "spread": zero, "error": zero,
      "lowest": Tensor(Double.infinity), "highest": Tensor(-Double.infinity),
    ])
  }()

  init(_ state: Parameters) {
    count = state["count"]
    mean = state["mean"]
    spread = state["spread"]
    error = state["error"]
    lowest = state["lowest"]
    highest = state["highest"]
  }

  init(
    _ targets: Tensor, _ predictions: Tensor, _ weights: Tensor?, together: Bool
  ) throws(OperationError) {
    let operands = try LossOperands(targets, predictions, loss: "r2")
    let counts = try exampleWeights(
      weights, shape: operands.targets.shape, areKnown: nil, operation: "r2"
    ).validated()
    let isSingle = together || targets.rank < 2
    let outputs = isSingle ? 1 : targets.shape[-1]
    let rows = outputs == 0 ? 0 : targets.count / outputs
    let isCounted = notEqual(counts, 0)
    func column(_ values: Tensor) -> Tensor { values.reshaped(to: [rows, outputs]) }
    func used(_ values: Tensor, else other: Double) -> Tensor {
      column(select(isCounted, values.cast(to: .float64), other))
    }
    let (t, p) = (used(operands.targets, else: 0), used(operands.predictions, else: 0))
    let w = column(counts)
    count = w.sum(alongAxes: [0])
    mean = quotient((w * t).sum(alongAxes: [0]), count)
    spread = (w * square(t - mean)).sum(alongAxes: [0])
    error = (w * square(t - p)).sum(alongAxes: [0])
    let none = Tensor(
      repeating: .infinity, shape: [1, outputs], elementType: .float64)
    let low = Tensor(concatenating: [used(operands.targets, else: .infinity), none])
    let high = Tensor(concatenating: [used(operands.targets, else: -.infinity), -none])
    lowest = low.min(alongAxes: [0])
    highest = high.max(alongAxes: [0])
  }

  var state: Parameters {
    [
      "count": count, "mean": mean, "spread": spread, "error": error, "lowest": lowest,
      "highest": highest,
    ]
  }

  func merged(with other: VarianceExplained) -> VarianceExplained {
    var result = self
    let distance = other.mean - mean
    result.count = count + other.count
    let share = quotient(other.count, result.count)
    result.mean = mean + distance * share
    result.spread = spread + other.spread + square(distance) * count * share
    result.error = error + other.error
    result.lowest = minimum(lowest, other.lowest)
    result.highest = maximum(highest, other.highest)
    return result
  }

  /// The share of the variance that is explained, of each output.
  var shares: Tensor {
    let shares = select(less(lowest, highest), 1 - error / spread, Double.nan)
    return shares.error == nil ? shares.flattened() : shares
  }
}
