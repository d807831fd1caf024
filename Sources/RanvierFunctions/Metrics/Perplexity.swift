internal import RanvierTensors

extension Metric {
  /// How many equally likely tokens a language model hesitates between.
  public static let perplexity = Metric.perplexity()

  /// How many equally likely tokens a language model hesitates between: the exponential of the mean
  /// cross-entropy of all tokens.
  ///
  /// The exponential is taken once, of the mean over the whole data set; it is 1 for a model that
  /// is always right and certain.
  ///
  /// - Shapes: predictions `[batch..., classes]`, targets of the same shape or integers
  ///   `[batch...]`; weights, such as a mask `[batch, time]`, the leading axes of `[batch...]`.
  /// - Parameter fromLogits: Whether predictions are logits instead of probabilities.
  public static func perplexity(fromLogits: Bool = false) -> Metric {
    mean(of: "perplexity") {
      categoricalCrossEntropy($0, $1, fromLogits: fromLogits, reduction: .none)
        .spelled("perplexity", $0, $1)
    }.mapped("perplexity") { RanvierTensors.exp($0) }
  }
}
