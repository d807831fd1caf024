public import RanvierTensors

/// Squares of small differences between predictions and targets, and sizes of large ones.
///
/// With `d = predictions - targets`: `d^2 / 2` where `|d| <= delta`, else `delta * |d| - delta^2 /
/// 2`; and the mean along the last axis for each sample. Neither value nor derivative jumps at
/// `delta`.
///
/// `huber(delta: b) / b` is what others call the smooth L1 loss with `beta` `b`.
///
/// - Shapes: targets as predictions; weights the leading axes of the losses. There is one loss for
///   each index before the last axis, for each element of a vector or with `perElement`.
/// - Parameters:
///   - targets: The true values.
///   - predictions: The predicted values.
///   - delta: The largest difference that is squared; positive.
///   - weights: How much each loss counts.
///   - perElement: Whether elements are not averaged along the last axis first.
///   - reduction: What becomes of the losses.
/// - Source: Huber, Robust Estimation of a Location Parameter, 1964.
public func huber(
  _ targets: Tensor, _ predictions: Tensor, delta: Double = 1, weights: Tensor? = nil,
  perElement: Bool = false, reduction: Reduction = .mean
) -> Tensor {
  if let wrong = wrongOption("huber", "a delta above 0", delta, isRight: delta > 0) {
    return wrong
  }
  return reducedLoss(
    "huber", targets, predictions, weights: weights, perElement: perElement, reduction: reduction
  ) { targets, predictions in
    elementwise("huber", predictions - targets) { difference in
      // One formula for both parts, in which no infinity meets another.
      let limited = clamp(difference, -delta, delta)
      return limited * (difference - limited * 0.5)
    } slope: {
      clamp($0, -delta, delta)
    }
  }
}

extension Loss {
  /// Squares of differences up to 1, and sizes of larger ones.
  public static let huber = Loss.huber(delta: 1)

  /// Squares of differences up to `delta`, and sizes of larger ones.
  public static func huber(delta: Double) -> Loss {
    Loss("huber") { targets, predictions in
      RanvierFunctions.huber(targets, predictions, delta: delta, reduction: .none)
    }
  }
}
