internal import RanvierTensors

extension Metric {
  /// The share of what is true or was predicted that is both, also called the Jaccard index.
  public static let intersectionOverUnion = Metric.intersectionOverUnion()

  /// The share of what is true or was predicted that is both, also called the Jaccard index.
  ///
  /// `truePositives / (truePositives + falsePositives + falseNegatives)`. For images, each pixel is
  /// an example: predictions are `[batch, height, width, classes]`, and weights `[batch, height,
  /// width]` leave out pixels. Where there is nothing to divide by it is 0, and without examples
  /// not-a-number.
  ///
  /// - Shapes: `targets` and `predictions` as the decision has it; `weights` their leading axes. A
  ///   scalar, or `[classes]` for ``Averaging/none``.
  /// - Parameters:
  ///   - averaging: How the values of several classes or labels become one.
  ///   - decision: How predictions become decisions.
  public static func intersectionOverUnion(
    averaging: Averaging = .macro, deciding decision: Decision = .classes()
  ) -> Metric {
    ofDecisions("intersection_over_union", operation: "intersectionOverUnion", averaging, decision)
    {
      ($0.truePositives, $0.support + $0.falsePositives)
    }
  }
}
