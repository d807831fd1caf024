internal import RanvierTensors

extension Metric {
  /// The mean of the recalls of all classes, so that rare ones count as much as others.
  public static let balancedAccuracy = Metric.balancedAccuracy()

  /// The mean of the recalls of all classes, so that rare ones count as much as others.
  ///
  /// Classes that do not occur in the targets are left out; of "yes" and "no", both count. Without
  /// examples it is not-a-number.
  ///
  /// - Shapes: As for ``confusionMatrix(deciding:)``; the result is a scalar.
  /// - Parameter decision: How predictions become classes; labels do not.
  public static func balancedAccuracy(deciding decision: Decision = .classes()) -> Metric {
    ofConfusionMatrix("balanced_accuracy", operation: "balancedAccuracy", decision) {
      matrix, actual, _ in
      let recalls = quotient(matrix.diagonal(), actual)
      return recalls.sum() / notEqual(actual, 0).cast(to: .float64).sum()
    }
  }
}
