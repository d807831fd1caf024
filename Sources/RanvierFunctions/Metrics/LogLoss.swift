internal import RanvierTensors

extension Metric {
  /// The mean of the negative logarithms of what was predicted for what is true.
  public static let logLoss = Metric.logLoss()

  /// The mean of the negative logarithms of what was predicted for what is true: the cross-entropy
  /// of the data set.
  ///
  /// With several classes, the last axis, this is the function `categoricalCrossEntropy`; with a
  /// last axis of size 1, predictions `[batch]` or several labels, `binaryCrossEntropy` of every
  /// element. A probability of 0 for what is true costs 87.3, see there.
  ///
  /// - Shapes: predictions `[batch]` or `[batch..., classes]`; targets of the same shape, or
  ///   integers `[batch...]`; weights the leading axes of `[batch...]`.
  /// - Parameters:
  ///   - fromLogits: Whether predictions are logits instead of probabilities.
  ///   - multiLabel: Whether the last axis holds labels, each with a probability of its own.
  public static func logLoss(fromLogits: Bool = false, multiLabel: Bool = false) -> Metric {
    mean(of: "log_loss") { targets, predictions in
      do throws(OperationError) {
        if let error = targets.error ?? predictions.error { throw error }
        guard multiLabel || Decision.isBinary(predictions) else {
          return categoricalCrossEntropy(
            targets, predictions, fromLogits: fromLogits, reduction: .none
          ).spelled("logLoss")
        }
        let aligned =
          multiLabel ? targets : try alignedBinary(targets, predictions, operation: "logLoss")
        return binaryCrossEntropy(
          aligned, predictions, fromLogits: fromLogits, perElement: true, reduction: .none
        ).spelled("logLoss")
      } catch {
        return Tensor(invalid: error)
      }
    }
  }
}
