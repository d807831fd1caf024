internal import RanvierTensors

extension Metric {
  /// How much predicted and true classes agree beyond chance: 1 if all are right, 0 for chance.
  public static let cohenKappa = Metric.cohenKappa()

  /// How much predicted and true classes agree beyond chance: 1 if all are right, 0 for chance.
  ///
  /// `1 - sum(disagreement * counts) / sum(disagreement * expected)`, where `counts` is the
  /// confusion matrix and `expected` what it would be if predictions did not depend on targets. If
  /// the same single class is always true and predicted, and without examples, it is not-a-number.
  ///
  /// - Shapes: As for ``confusionMatrix(deciding:)``; the result is a scalar.
  /// - Parameters:
  ///   - disagreement: How bad it is to predict one class instead of another.
  ///   - decision: How predictions become classes; labels do not.
  /// - Source: Cohen, Weighted kappa, 1968.
  public static func cohenKappa(
    _ disagreement: Disagreement = .equal, deciding decision: Decision = .classes()
  ) -> Metric {
    ofConfusionMatrix("cohen_kappa", operation: "cohenKappa", decision) {
      matrix, actual, predicted in
      let expected = actual.expandedDimension(at: 1) * predicted / actual.sum()
      let costs = disagreement.costs(matrix.shape[0])
      return 1 - (costs * matrix).sum() / (costs * expected).sum()
    }
  }

  /// How bad it is to predict one class instead of another.
  public enum Disagreement: String, Sendable, Hashable, CaseIterable {
    /// All mistakes are equally bad.
    case equal
    /// As bad as the classes are apart.
    case linear
    /// As bad as the square of that.
    case quadratic

    /// The costs of all pairs of classes, `[classes, classes]`.
    fileprivate func costs(_ classes: Int) -> Tensor {
      let positions = Tensor.range(classes, elementType: .float64)
      let distances = abs(positions.expandedDimension(at: 1) - positions)
      switch self {
      case .equal: return notEqual(distances, 0).cast(to: .float64)
      case .linear: return distances
      case .quadratic: return square(distances)
      }
    }
  }
}
