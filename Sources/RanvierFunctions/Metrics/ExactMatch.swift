internal import RanvierTensors

extension Metric {
  /// The share of examples all of whose labels are right.
  public static let exactMatch = Metric.exactMatch()

  /// The share of examples all of whose labels are right.
  ///
  /// ``labelAccuracy(threshold:averaging:)`` counts every label instead.
  ///
  /// - Shapes: targets and predictions `[batch..., labels]`, weights the leading axes of
  ///   `[batch...]`.
  /// - Parameter threshold: The prediction above which a label is predicted: 0.5 for probabilities,
  ///   0 for logits.
  public static func exactMatch(threshold: Double = 0.5) -> Metric {
    mean(of: "exact_match") { targets, predictions in
      do throws(OperationError) {
        let decisions = try LabelDecisions(
          targets, predictions, threshold: threshold, operation: "exactMatch")
        return equal(decisions.actual, decisions.predicted).all(alongAxes: [-1])
      } catch {
        return Tensor(invalid: error)
      }
    }
  }
}
