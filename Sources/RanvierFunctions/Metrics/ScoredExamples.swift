internal import RanvierTensors

/// Scores of examples and what is true: `[n, labels]`, with weights `[n]` in `f64`.
struct ScoredExamples {
  let scores: Tensor
  let truths: Tensor
  let weights: Tensor

  init(scores: Tensor, truths: Tensor, weights: Tensor) {
    (self.scores, self.truths, self.weights) = (scores, truths, weights)
  }

  /// - Throws: An error unless targets have the predictions' shape, or are integers without the
  ///   class axis.
  init(
    _ targets: Tensor, _ predictions: Tensor, _ weights: Tensor?, operation: String
  ) throws(OperationError) {
    if let error = targets.error ?? predictions.error { throw error }
    guard predictions.rank > 0 else { throw scalarPredictions(targets, predictions, operation) }
    let scores = LossOperands.computable(predictions)
    var (truths, areKnown) = (targets, nil as Tensor?)
    let isBinary = Decision.isBinary(predictions)
    let batch =
      predictions.rank == 1
      ? predictions.shape : Shape(Array(predictions.shape.sizes.dropLast()))
    if isBinary {
      truths = isYes(try alignedBinary(targets, predictions, operation: operation))
    } else if targets.shape == predictions.shape {
      truths = isYes(targets)
    } else if targets.shape == batch, targets.elementType.isInteger {
      areKnown = isClass(targets, count: predictions.shape[-1])
      truths = oneHot(targets, count: predictions.shape[-1], elementType: .bool)
    } else {
      throw CrossEntropy(loss: operation).wrongTargets(targets, predictions, batch)
    }
    let weights = try exampleWeights(
      weights, shape: isBinary ? predictions.shape : batch, areKnown: areKnown,
      operation: operation
    ).validated()
    let labels = predictions.rank == 1 ? 1 : predictions.shape[-1]
    self.scores = scores.reshaped(to: [batch.count, labels])
    self.truths = truths.reshaped(to: [batch.count, labels])
    self.weights = weights.flattened()
  }

  /// All labels as examples of a single one.
  var together: ScoredExamples {
    let each = weights.expandedDimension(at: -1).broadcast(to: scores.shape)
    let column = Shape([scores.count, 1])
    return ScoredExamples(
      scores: scores.reshaped(to: column), truths: truths.reshaped(to: column),
      weights: each.flattened())
  }

  /// The curve through all scores.
  var curve: ScoreCurve {
    ScoreCurve(
      scores: scores.transposed(permutation: [1, 0]),
      truths: truths.transposed(permutation: [1, 0]), weights: weights)
  }

  /// How much "yes" and "no" weigh in intervals of the scores between 0 and 1, the highest first:
  /// `[labels, intervals]`.
  func histograms(_ intervals: Int) -> Parameters {
    let labels = scores.shape[1]
    let each = weights.expandedDimension(at: -1).broadcast(to: scores.shape)
    let isUnplaced = isNaN(scores)
    let counts = select(bitwiseAnd(isUnplaced, notEqual(each, 0)), Double.nan, each)
    let places = floor(clamp(select(isUnplaced, 0, scores), 0, 1) * intervals)
    let interval = minimum(places, Double(intervals - 1)).cast(to: .int64)
    let bins =
      Tensor.range(labels, elementType: .int64) * intervals + (intervals - 1) - interval
    func histogram(_ isCounted: Tensor) -> Tensor {
      bincount(
        bins, bins: labels * intervals, weights: counts * isCounted.cast(to: .float64)
      ).reshaped(to: [labels, intervals])
    }
    return ["positives": histogram(truths), "negatives": histogram(bitwiseNot(truths))]
  }
}
