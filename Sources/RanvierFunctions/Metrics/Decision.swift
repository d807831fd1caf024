internal import RanvierTensors

/// How a model's scores become decisions, which are right or wrong.
public enum Decision: Sendable, Hashable {
  /// One of several classes, the last axis: the largest score, be it a probability or a logit, the
  /// first of equals. With a last axis of size 1, or `[batch]`, a "yes" above a threshold: 0.5 for
  /// probabilities, 0 for logits.
  ///
  /// Targets are one-hot or soft in the predictions' shape, or integers without the class axis; of
  /// a "yes", numbers above 0.5 or `true`. A class that does not exist gives not-a-number.
  case classes(threshold: Double = 0.5)
  /// Any number of labels, the last axis: each has a "yes" above a threshold of its own.
  ///
  /// Targets have the predictions' shape; they say "yes" above 0.5, or by `true`.
  case labels(threshold: Double = 0.5)
  /// One of some classes, which predictions and targets name as integers of the same shape.
  case indices(classes: Int)

  /// Whether targets and predictions hold the probability of a "yes" instead of classes.
  static func isBinary(_ predictions: Tensor) -> Bool {
    predictions.rank < 2 || predictions.shape[-1] == 1
  }
}
