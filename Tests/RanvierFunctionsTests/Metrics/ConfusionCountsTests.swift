import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct ConfusionCountsTests {
  /// Class 3 occurs neither in targets nor in predictions, class 2 is never predicted.
  let targets = Tensor([0, 0, 1, 2])
  let predictions = oneHot(Tensor([0, 1, 1, 0]), count: 4)

  @Test func `counts for yes and no`() {
    let targets = Tensor([1, 0, 1, 1, 0, 1, 0])
    let predictions = Tensor([0.8, 0.6, 0.4, 0.2, 0.8, 0.2, 0.2])
    #expect(Metric.truePositives(targets, predictions) == Tensor(1.0))
    #expect(Metric.falseNegatives(targets, predictions) == Tensor(3.0))
    #expect(Metric.trueNegatives(targets, predictions) == Tensor(1.0))
    #expect(Metric.falsePositives(targets, predictions) == Tensor(2.0))
    let low = Metric.truePositives(deciding: .classes(threshold: 0.3))
    #expect(low(targets, predictions) == Tensor(2.0))
  }

  @Test func `precision, recall and specificity for yes and no`() {
    let (targets, predictions) = (Tensor([0, 1, 1, 1]), Tensor([1.0, 0, 1, 1]))
    expectClose(Metric.precision(targets, predictions), Tensor(2 / 3.0), relative: 1e-12)
    expectClose(Metric.recall(targets, predictions), Tensor(2 / 3.0), relative: 1e-12)
    #expect(Metric.specificity(targets, predictions) == Tensor(0.0))
  }

  @Test func `precision and recall are the data set's, not averages over batches`() {
    // Batch 1: precision 1 of 1; batch 2: 1 of 3. The average of both would be 2/3.
    let targets = [Tensor([1, 1, 0]), Tensor([1, 0, 0])]
    let predictions = [Tensor([0.9, 0.1, 0.1]), Tensor([0.9, 0.9, 0.9])]
    for (metric, expected) in [(Metric.precision, 0.5), (.recall, 2 / 3.0)] {
      var state = metric.initialize()
      for (t, p) in zip(targets, predictions) { state = metric.accumulate(state, t, p, nil) }
      expectClose(metric.finalize(state), Tensor(expected), relative: 1e-12)
    }
  }

  @Test func `nothing predicted or true counts 0`() {
    let none = Tensor.zeros([4])
    for metric in [Metric.precision, .recall, .f1, .intersectionOverUnion] {
      #expect(metric(none, none) == Tensor(0.0))
    }
    #expect(Metric.specificity(none, none) == Tensor(1.0))
    #expect(Metric.specificity(none + 1, none) == Tensor(0.0))
    #expect(Metric.specificity(averaging: .weighted)(none, none) == Tensor(1.0))
    let labels = Tensor.zeros([4, 2])
    for averaging in [Averaging.micro, .macro, .weighted] {
      let metric = Metric.recall(averaging: averaging, deciding: .labels())
      #expect(metric(labels, labels) == Tensor(0.0))
    }
  }

  @Test func `averages over classes`() {
    func precision(_ averaging: Averaging) -> Tensor {
      Metric.precision(averaging: averaging)(targets, predictions)
    }
    #expect(precision(.none) == Tensor([0.5, 0.5, 0, 0]))
    #expect(precision(.micro) == Tensor(0.5))
    // Without class 3, which does not occur.
    expectClose(precision(.macro), Tensor(1 / 3.0), relative: 1e-12)
    expectClose(precision(.weighted), Tensor(3 / 8.0), relative: 1e-12)
  }

  @Test func `averages over labels include those that do not occur`() {
    let metric = Metric.precision(deciding: .labels())
    #expect(metric(oneHot(targets, count: 4), predictions) == Tensor(0.25))
  }

  @Test func `all decisions together are Axon's counts over a whole tensor`() {
    let targets = Tensor([[1, 0], [0, 1], [1, 1]])
    let predictions = Tensor([[0.9, 0.8], [0.1, 0.7], [0.2, 0.6]])
    let metric = Metric.recall(averaging: .micro, deciding: .labels())
    #expect(metric(targets, predictions) == Tensor(0.75))
    #expect(Metric.truePositives(deciding: .labels())(targets, predictions) == Tensor(3.0))
  }

  @Test func `in one sum for several classes precision, recall and accuracy are equal`() {
    let (t, p) = (MetricData.classes.targets, MetricData.classes.predictions)
    let accuracy = Metric.accuracy(t, p)
    for metric in [Metric.precision(averaging: .micro), .recall(averaging: .micro)] {
      expectClose(metric(t, p), accuracy, relative: 1e-12)
    }
  }

  @Test func `a class that does not exist gives not-a-number`() {
    let targets = Tensor([0, 4, 1, 2])
    let rows: [Metric] = [
      .accuracy, .areaUnderROC, .areaUnderROC(points: .thresholds(3)), .averagePrecision,
      .balancedAccuracy, .cohenKappa, .confusionMatrix, .f1, .falseNegatives, .falsePositives,
      .intersectionOverUnion, .logLoss, .matthewsCorrelation, .perplexity, .precision,
      .precision(averaging: .micro), .recall, .recall(averaging: .weighted), .specificity,
      .topKAccuracy, .trueNegatives, .truePositives,
    ]
    for metric in rows {
      #expect(isNaN(metric(targets, predictions)).all() == Tensor(true), "\(metric)")
      let negative = metric(Tensor([0, -1, 1, 2]), predictions)
      #expect(isNaN(negative).all() == Tensor(true), "\(metric)")
    }
    for metric in [Metric.accuracy, .confusionMatrix, .f1, .matthewsCorrelation, .topKAccuracy] {
      let masked = metric(targets, predictions, weights: Tensor([1.0, 0, 1, 1]))
      #expect(isNaN(masked).any() == Tensor(false), "\(metric)")
    }
  }

  @Test func `predictions may be classes themselves`() {
    let decision = Decision.indices(classes: 4)
    let indices = predictions.argmax()
    for averaging in Averaging.allCases {
      #expect(
        Metric.f1(averaging: averaging, deciding: decision)(targets, indices)
          == Metric.f1(averaging: averaging)(targets, predictions))
    }
    #expect(
      Metric.confusionMatrix(deciding: decision)(targets, indices)
        == Metric.confusionMatrix(targets, predictions))
  }

  @Test func `counts are exact beyond what f32 can`() {
    let metric = Metric.truePositives
    var state = metric.accumulate(metric.initialize(), Tensor([1]), Tensor([0.9]), nil)
    state["true_positives"] = Tensor([16_777_216.0])
    state = metric.accumulate(state, Tensor([1]), Tensor([0.9]), nil)
    #expect(metric.finalize(state) == Tensor(16_777_217.0))
  }

  @Test func `pixels are left out of intersections by weights`() {
    let targets = Tensor([[[0, 1], [1, 255]]])
    let predictions = oneHot(Tensor([[[0, 1], [0, 1]]]), count: 2)
    let mask = less(targets, 255)
    let metric = Metric.intersectionOverUnion(averaging: .none)
    #expect(metric(targets, predictions, weights: mask) == Tensor([0.5, 0.5]))
    #expect(Metric.intersectionOverUnion(targets, predictions, weights: mask) == Tensor(0.5))
  }

  @Test func `batches must have the same classes`() {
    for metric in [Metric.precision, .truePositives] {
      let state = metric.accumulate(metric.initialize(), targets, predictions, nil)
      let fewer = metric.accumulate(state, Tensor([0, 1]), oneHot(Tensor([0, 1]), count: 3), nil)
      let operation = metric.name == "precision" ? "precision" : "truePositives"
      expectError(
        metric.finalize(fewer),
        """
        \(operation) needs shapes that broadcast (equal sizes, or 1, from the last axis on), got \
        f64[4] and f64[3]
        """)
    }
  }

  @Test func `rounded weights leave no negative counts`() {
    let weights = Tensor([0.1, 0.7, 0.3, 0.2])
    let always = oneHot(Tensor([1, 1, 1, 1]), count: 4)
    let counts = Metric.trueNegatives(perClass: true)
    #expect(counts(targets, always, weights: weights)[1].scalar(as: Double.self) >= 0)
    expectClose(
      counts(targets, always, weights: weights), Tensor([0.5, 0, 1.1, 1.3]), absolute: 1e-7)
    // No example that is not of class 1: nothing to recall of the others.
    let ones = Tensor([1, 1, 1, 1])
    #expect(
      Metric.specificity(averaging: .none)(ones, always, weights: weights)[1] == Tensor(0.0))
  }
}
