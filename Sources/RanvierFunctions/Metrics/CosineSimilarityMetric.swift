internal import RanvierTensors

extension Metric {
  /// The mean of the cosines of the angles between predicted and true vectors: 1 for the same
  /// direction.
  ///
  /// The loss of that name has the other sign, because it is made small. A vector of zeros is at a
  /// right angle to all others.
  ///
  /// - Shapes: targets as predictions, `[batch..., features]`; weights the leading axes of
  ///   `[batch...]`.
  public static let cosineSimilarity = Metric.mean(of: "cosine_similarity") {
    -RanvierFunctions.cosineSimilarity($0, $1, reduction: .none)
  }
}
