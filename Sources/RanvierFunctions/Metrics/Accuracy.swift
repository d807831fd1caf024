internal import RanvierTensors

extension Metric {
  /// The share of predictions that name the right class; of two classes, "yes" is predicted above
  /// 0.5.
  public static let accuracy = Metric.accuracy()

  /// The share of predictions that name the right class.
  ///
  /// With several classes, the last axis, the largest prediction counts, be it a probability or a
  /// logit; targets are one-hot or soft in the predictions' shape, or integers without the class
  /// axis, of which those that do not exist give not-a-number. A last axis of size 1, or
  /// predictions `[batch]`, are predictions of "yes". For several labels that are decided each on
  /// its own, see ``labelAccuracy(threshold:averaging:)`` and ``exactMatch(threshold:)``.
  ///
  /// - Shapes: predictions `[batch..., classes]` or `[batch]`; weights the leading axes of
  ///   `[batch...]`.
  /// - Parameter threshold: The prediction above which "yes" is predicted: 0.5 for probabilities, 0
  ///   for logits.
  public static func accuracy(threshold: Double = 0.5) -> Metric {
    mean(of: "accuracy") { targets, predictions in
      do throws(OperationError) {
        return try ClassDecisions(
          targets, predictions, .classes(threshold: threshold), operation: "accuracy"
        ).correctness
      } catch {
        return Tensor(invalid: error)
      }
    }
  }
}
