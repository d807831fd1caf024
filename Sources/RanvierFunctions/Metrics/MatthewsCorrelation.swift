internal import RanvierTensors

extension Metric {
  /// The correlation of predicted with true classes: 1 if all are right, 0 for chance.
  public static let matthewsCorrelation = Metric.matthewsCorrelation()

  /// The correlation of predicted with true classes: 1 if all are right, 0 for chance.
  ///
  /// `(right * all - sum(actual * predicted)) / sqrt((all^2 - sum(predicted^2)) * (all^2 -
  /// sum(actual^2)))`, where `actual` and `predicted` are how often each class is true and
  /// predicted. It is 0 if only one class is true or only one predicted, and not-a-number without
  /// examples.
  ///
  /// - Shapes: As for ``confusionMatrix(deciding:)``; the result is a scalar.
  /// - Parameter decision: How predictions become classes; labels do not.
  /// - Source: Gorodkin, Comparing two K-category assignments by a K-category correlation
  ///   coefficient, 2004.
  public static func matthewsCorrelation(deciding decision: Decision = .classes()) -> Metric {
    ofConfusionMatrix("matthews_correlation", operation: "matthewsCorrelation", decision) {
      matrix, actual, predicted in
      // Each sum is taken of what it is subtracted from, so that the spread of one class is exactly
      // 0, also with weights that are rounded.
      func spread(_ counts: Tensor) -> Tensor { (counts * (counts.sum() - counts)).sum() }
      let covariance = matrix.diagonal().sum() * actual.sum() - (actual * predicted).sum()
      return quotient(covariance, sqrt(spread(actual) * spread(predicted)))
    }
  }
}
