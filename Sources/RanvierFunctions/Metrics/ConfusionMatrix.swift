internal import RanvierTensors

extension Metric {
  /// How often each class was predicted for each class.
  public static let confusionMatrix = Metric.confusionMatrix()

  /// How often each class was predicted for each class, in `f64`: rows are true classes, columns
  /// predicted ones.
  ///
  /// Weights are added up. Of "yes" and "no", "no" is class 0. Without examples it is a scalar 0,
  /// as the number of classes is not known; a class that does not exist gives not-a-number.
  ///
  /// - Shapes: `targets` and `predictions` as the decision has it; `weights` the leading axes of
  ///   `[batch...]`; the result is `[classes, classes]`.
  /// - Parameter decision: How predictions become classes; labels do not.
  public static func confusionMatrix(deciding decision: Decision = .classes()) -> Metric {
    ofConfusionMatrix("confusion_matrix", operation: "confusionMatrix", decision) { $0 }
  }

  /// A metric that is a function of the confusion matrix `[classes, classes]`.
  static func ofConfusionMatrix(
    _ name: String, operation: String, _ decision: Decision,
    _ value: @escaping @Sendable (_ matrix: Tensor) -> Tensor
  ) -> Metric {
    Metric(
      name, initialize: { ["counts": Tensor(0.0)] },
      accumulate: { state, targets, predictions, weights in
        do throws(OperationError) {
          let decisions = try ClassDecisions(
            targets, predictions, decision, operation: operation)
          return ["counts": state["counts"] + decisions.matrix(weights, operation: operation)]
        } catch {
          return ["counts": Tensor(invalid: error)]
        }
      },
      finalize: { value($0["counts"]) })
  }

  /// A metric that is a number made of the confusion matrix; not-a-number without examples.
  ///
  /// - Parameter value: Its value for the matrix, how often each class is true (the sums of rows)
  ///   and how often each was predicted (the sums of columns).
  static func ofConfusionMatrix(
    _ name: String, operation: String, _ decision: Decision,
    _ value: @escaping @Sendable (_ matrix: Tensor, _ actual: Tensor, _ predicted: Tensor) -> Tensor
  ) -> Metric {
    ofConfusionMatrix(name, operation: operation, decision) { counts in
      if counts.error != nil { return counts }
      let matrix = counts.rank == 2 ? counts : counts.reshaped(to: [1, 1])
      let actual = matrix.sum(alongAxes: [1])
      let result = value(matrix, actual, matrix.sum(alongAxes: [0]))
      return select(equal(actual.sum(), 0), Double.nan, result)
    }
  }
}

extension ClassDecisions {
  /// How often each class was predicted for each class, `[classes, classes]`.
  fileprivate func matrix(_ weights: Tensor?, operation: String) -> Tensor {
    let counts = self.weights(weights, operation: operation)
    return sums(counts, at: actual * count + predicted, bins: count * count)
      .reshaped(to: [count, count])
  }
}
