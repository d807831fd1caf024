import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// Targets and predictions with their accuracy.
struct AccuracyCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let targets: Tensor
  let predictions: Tensor
  let expected: Double

  static let scores = Tensor([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2], [0.1, 0.2, 0.7]])
  static let binary = Tensor([[0.1], [0.5], [0.6], [0.9]])

  static let all = [
    AccuracyCase(
      testDescription: "classes", targets: Tensor([1, 2, 2]), predictions: scores, expected: 2 / 3.0
    ),
    AccuracyCase(
      testDescription: "classes u8", targets: Tensor([1, 0, 2] as [UInt8]), predictions: scores,
      expected: 1),
    AccuracyCase(
      testDescription: "one-hot", targets: Tensor([[0.0, 1, 0], [0, 0, 1], [1, 0, 0]]),
      predictions: scores, expected: 1 / 3.0),
    AccuracyCase(
      testDescription: "sequences", targets: Tensor([[1, 2], [2, 0]]),
      predictions: Tensor([[[0.1, 0.7, 0.2], [0, 0, 1]], [[1, 0, 0], [0, 1, 0]]]), expected: 0.5),
    AccuracyCase(
      testDescription: "binary", targets: Tensor([[0.0], [1], [1], [1]]), predictions: binary,
      expected: 0.75),
    AccuracyCase(
      testDescription: "binary without axis", targets: Tensor([false, false, true, false]),
      predictions: binary, expected: 0.75),
    AccuracyCase(
      testDescription: "binary vectors", targets: Tensor([0, 0, 1, 1]),
      predictions: binary.squeezed(axes: [-1]), expected: 1),
  ]
}

@Suite struct AccuracyTests {
  @Test(arguments: AccuracyCase.all)
  func `counts right classes`(row: AccuracyCase) {
    expectClose(
      Metric.accuracy(row.targets, row.predictions), Tensor(row.expected), relative: 1e-12)
  }

  @Test func `takes another threshold for logits`() {
    let logits = Tensor([-0.2, 0.3, 2])
    #expect(Metric.accuracy(threshold: 0)(Tensor([0, 1, 1]), logits) == Tensor(1.0))
    expectClose(Metric.accuracy(Tensor([0, 1, 1]), logits), Tensor(2 / 3.0))
  }

  @Test func `says which shapes do not fit`() {
    let predictions = Tensor.ones([4, 3])
    expectError(
      Metric.accuracy(Tensor.range(4).reshaped(to: [4, 1]), predictions),
      """
      accuracy needs targets of shape [4, 3], or classes as integers of shape [4], got targets \
      i32[4, 1], \
      predictions f32[4, 3]; remove the targets' last axis: targets.squeezed(axes: [-1])
      """)
    expectError(
      Metric.accuracy(Tensor.ones([4]), predictions),
      """
      accuracy needs targets of shape [4, 3], or classes as integers of shape [4], got targets \
      f32[4], \
      predictions f32[4, 3]; classes are integers: targets.cast(to: .int32)
      """)
  }

  @Test func `a column of classes does not broadcast`() {
    // Axon compares every class with every prediction and gives 0.5.
    let classes = Tensor([[1], [2]])
    let predictions = Tensor([[0.1, 0.7, 0.2], [0, 0, 1]])
    #expect(Metric.accuracy(classes, predictions).error != nil)
    #expect(Metric.accuracy(classes.squeezed(axes: [-1]), predictions) == Tensor(1.0))
    #expect(Metric.topKAccuracy(classes, predictions).error != nil)
    #expect(Metric.precision(classes, predictions).error != nil)
  }

  @Test func `predictions of three axes`() {
    let predictions = RandomKey(seed: 1).uniform([3, 4, 5])
    let targets = (RandomKey(seed: 2).uniform([3, 4]) * 5).cast(to: .int32)
    let expected = equal(predictions.argmax(), targets).cast(to: .float64).mean()
    expectClose(Metric.accuracy(targets, predictions), expected, relative: 1e-12)
    #expect(
      Metric.accuracy(oneHot(targets, count: 5), predictions)
        == Metric.accuracy(targets, predictions))
  }

  @Test func `too large a prediction of no is as wrong as too small a one of yes`() {
    // Neuron counts targets - predictions below 0.5, without the absolute value: all four right.
    let (targets, predictions) = (Tensor([0, 0, 1, 1]), Tensor([0.9, 0.1, 0.9, 0.1]))
    #expect(Metric.accuracy(targets, predictions) == Tensor(0.5))
    #expect(Metric.accuracy(Tensor([0, 0]), Tensor([0.9, 0.8])) == Tensor(0.0))
  }

  @Test func `numbers of Axon's documentation`() {
    expectClose(
      Metric.accuracy(Tensor([[1], [0], [0]]), Tensor([[1.0], [1], [1]])), Tensor(1 / 3.0),
      relative: 1e-12)
    expectClose(
      Metric.accuracy(Tensor([[0, 1], [1, 0], [1, 0]]), Tensor([[0.0, 1], [1, 0], [0, 1]])),
      Tensor(2 / 3.0), relative: 1e-12)
    #expect(
      Metric.accuracy(Tensor([[0, 1, 0], [1, 0, 0]]), Tensor([[0.0, 1, 0], [0, 1, 0]]))
        == Tensor(0.5))
  }

  @Test func `labels each, and all of an example`() {
    let targets = Tensor([[1, 0, 1], [0, 0, 1]])
    let predictions = Tensor([[0.9, 0.1, 0.7], [0.8, 0.2, 0.3]])
    expectClose(Metric.labelAccuracy(targets, predictions), Tensor(4 / 6.0), relative: 1e-12)
    #expect(
      Metric.labelAccuracy(averaging: .none)(targets, predictions) == Tensor([0.5, 1, 0.5]))
    #expect(Metric.exactMatch(targets, predictions) == Tensor(0.5))
    #expect(Metric.exactMatch(threshold: 0.25)(targets, predictions) == Tensor(0.5))
    #expect(Metric.exactMatch(threshold: 0.85)(targets, predictions) == Tensor(0.0))
    let weights = Tensor([[1, 1, 1], [0, 0, 1]])
    #expect(Metric.labelAccuracy(targets, predictions, weights: weights) == Tensor(0.75))
  }
}
