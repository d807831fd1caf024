public import RanvierTensors

/// How little a predicted region overlaps the true one, where what is too much and what is missing
/// may count differently.
///
/// `1 - (both + s) / (both + a * excess + b * lack + s)` with `both = sum(targets * predictions)`,
/// `excess = sum((1 - targets) * predictions)`, `lack = sum(targets * (1 - predictions))` and a
/// smoothing `s`. With a half for both weights nearly ``dice(_:_:smoothing:axes:weights:reduction:)``,
/// whose smoothing is twice this one's.
///
/// - Shapes: targets as predictions, `[batch, positions...]` or `[batch, positions..., classes]`;
///   there is one loss for each index of the axes that are not summed over, and of a vector or a
///   scalar one in all.
/// - Parameters:
///   - targets: 1 inside the region and 0 outside, or `true` and `false`.
///   - predictions: Probabilities.
///   - excessWeight: How much counts what is predicted wrongly.
///   - lackWeight: How much counts what is not predicted.
///   - smoothing: What makes the loss of two empty regions 0; positive.
///   - axes: The axes to sum over; all but the first by default.
///   - weights: How much each loss counts.
///   - reduction: What becomes of the losses.
/// - Source: Salehi et al., Tversky Loss Function for Image Segmentation Using 3D Fully Convolutional
///   Deep Networks, 2017.
public func tversky(
  _ targets: Tensor, _ predictions: Tensor, excessWeight: Double = 0.5, lackWeight: Double = 0.5,
  smoothing: Double = 1e-5, axes: [Int]? = nil, weights: Tensor? = nil,
  reduction: Reduction = .mean
) -> Tensor {
  reducedLoss("tversky", targets, predictions, weights: weights, reduction: reduction) {
    targets, predictions in
    let axes = axes ?? regionAxes(predictions)
    let both = (targets * predictions).sum(alongAxes: axes)
    let excess = ((1 - targets) * predictions).sum(alongAxes: axes)
    let lack = (targets * (1 - predictions)).sum(alongAxes: axes)
    // Not 1 - quotient, which would lose small losses.
    let wrong = excess * excessWeight + lack * lackWeight
    return wrong / (both + wrong + smoothing)
  }
}

/// All axes but the batch; all of a vector.
func regionAxes(_ predictions: Tensor) -> [Int] {
  predictions.rank < 2 ? Array(0 ..< predictions.rank) : Array(1 ..< predictions.rank)
}

extension Loss {
  /// How little predicted regions overlap the true ones.
  public static let tversky = Loss.tversky(excessWeight: 0.5, lackWeight: 0.5)

  /// How little predicted regions overlap the true ones, with weights of excess and lack.
  public static func tversky(excessWeight: Double, lackWeight: Double) -> Loss {
    Loss("tversky") { targets, predictions in
      RanvierFunctions.tversky(
        targets, predictions, excessWeight: excessWeight, lackWeight: lackWeight, reduction: .none)
    }
  }
}
