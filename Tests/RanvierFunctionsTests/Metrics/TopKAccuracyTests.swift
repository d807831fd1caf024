import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct TopKAccuracyTests {
  let scores = Tensor([[0.1, 0.4, 0.7], [0.1, 0.4, 0.7]])

  @Test func `one-hot, sparse and single rows`() {
    let top = Metric.topKAccuracy(2)
    #expect(top(Tensor([[0, 1, 0], [1, 0, 0]]), scores) == Tensor(0.5))
    #expect(top(Tensor([0, 2]), scores) == Tensor(0.5))
    #expect(top(Tensor([0, 1, 0, 0, 0]), Tensor([0.1, 0.4, 0.3, 0.7, 0.1])) == Tensor(1.0))
    #expect(Metric.topKAccuracy(3)(Tensor([0, 2]), scores) == Tensor(1.0))
    #expect(Metric.topKAccuracy(9)(Tensor([0, 2]), scores) == Tensor(1.0))
  }

  @Test func `any number of axes`() {
    let predictions = RandomKey(seed: 1).uniform([2, 3, 4, 5])
    let targets = (RandomKey(seed: 2).uniform([2, 3, 4]) * 5).cast(to: .int32)
    let whole = Metric.topKAccuracy(2)(targets, predictions)
    #expect(
      whole
        == Metric.topKAccuracy(2)(targets.flattened(), predictions.reshaped(to: [24, 5])))
    let (_, positions) = predictions.top(2)
    let isFound = equal(positions, targets.expandedDimension(at: -1)).any(alongAxes: [-1])
    expectClose(whole, isFound.cast(to: .float64).mean(), relative: 1e-12)
  }

  @Test func `of equals the first comes first, as for accuracy`() {
    let predictions = floor(RandomKey(seed: 1).uniform([50, 6]) * 3)
    let targets = (RandomKey(seed: 2).uniform([50]) * 6).cast(to: .int32)
    let top = Metric.topKAccuracy(1)
    #expect(top(targets, predictions) == Metric.accuracy(targets, predictions))
    #expect(top(Tensor([0]), Tensor([[1.0, 1]])) == Tensor(1.0))
    #expect(top(Tensor([1]), Tensor([[1.0, 1]])) == Tensor(0.0))
  }

  @Test func `scores that are not numbers are never right`() {
    let scores = Tensor([[Float.nan, 0.5, 0.1], [0.9, Float.nan, 0.1], [.nan, .nan, .nan]])
    #expect(Metric.topKAccuracy(1)(Tensor([0, 0, 0]), scores) == Tensor(0.0))
    #expect(Metric.topKAccuracy(2)(Tensor([1, 0, 2]), scores) == Tensor(2 / 3.0))
    let infinite = Tensor([[-Float.infinity, .infinity, 0]])
    #expect(Metric.topKAccuracy(1)(Tensor([1]), infinite) == Tensor(1.0))
    #expect(Metric.topKAccuracy(2)(Tensor([0]), infinite) == Tensor(0.0))
  }
}
