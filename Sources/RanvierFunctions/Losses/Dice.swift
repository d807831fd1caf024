public import RanvierTensors

/// How little a predicted region overlaps the true one.
///
/// `1 - (2 * sum(targets * predictions) + s) / (sum(targets) + sum(predictions) + s)` with a smoothing
/// `s`: 0 for equal regions, nearly 1 for regions that have nothing in common.
///
/// - Shapes: targets as predictions, `[batch, positions...]` or `[batch, positions..., classes]`;
///   there is one loss for each index of the axes that are not summed over, and of a vector or a
///   scalar one in all.
/// - Parameters:
///   - targets: 1 inside the region and 0 outside, or `true` and `false`.
///   - predictions: Probabilities.
///   - smoothing: What makes the loss of two empty regions 0; positive.
///   - axes: The axes to sum over; all but the first by default. Without the last one, each class
///     has a loss of its own.
///   - weights: How much each loss counts.
///   - reduction: What becomes of the losses.
/// - Source: Milletari, Navab, Ahmadi, V-Net, 2016.
public func dice(
  _ targets: Tensor, _ predictions: Tensor, smoothing: Double = 1e-5, axes: [Int]? = nil,
  weights: Tensor? = nil, reduction: Reduction = .mean
) -> Tensor {
  reducedLoss("dice", targets, predictions, weights: weights, reduction: reduction) {
    targets, predictions in
    let axes = axes ?? regionAxes(predictions)
    // The difference from 1 in one sum: `t + p - 2 t p`, which keeps the digits of small losses.
    let apart = targets * (1 - predictions) + predictions * (1 - targets)
    return apart.sum(alongAxes: axes)
      / ((targets + predictions).sum(alongAxes: axes) + smoothing)
  }
}

extension Loss {
  /// How little predicted regions overlap the true ones.
  public static let dice = Loss("dice") { targets, predictions in
    RanvierFunctions.dice(targets, predictions, reduction: .none)
  }
}
