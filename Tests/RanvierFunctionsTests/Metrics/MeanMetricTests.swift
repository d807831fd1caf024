import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct MeanMetricTests {
  @Test func `averages a loss`() {
    let metric = Metric.mean(of: .categoricalCrossEntropy)
    let predictions = softmax(RandomKey(seed: 1).normal([6, 4]))
    let classes = Tensor([0, 1, 2, 3, 0, 1])
    expectClose(metric(classes, predictions), categoricalCrossEntropy(classes, predictions))
    #expect(metric.name == "categorical_cross_entropy")
  }

  @Test func `counts beyond what f32 can`() {
    let metric = Metric.mean(of: "ones") { targets, _ in targets }
    var state = metric.initialize()
    state["count"] = Tensor(16_777_216.0)
    state["total"] = Tensor(16_777_216.0)
    state = metric.accumulate(state, Tensor([0.0]), Tensor([0.0]), nil)
    #expect(state["count"] == Tensor(16_777_217.0))
  }

  @Test func `weights examples whose values have more axes`() {
    let metric = Metric.mean(of: "value") { targets, _ in targets }
    let values = Tensor([[1.0, 3], [10, 20]])
    #expect(metric(values, values, weights: Tensor([3.0, 1])) == Tensor(42 / 8.0))
    expectError(
      metric(values, values, weights: Tensor([3.0])),
      """
      value needs weights with the leading axes of the values, got weights [1] for values [2, 2]; \
      give one weight for each example, or for each value
      """)
  }

  @Test func `is a running average of any function`() {
    // Axon's example: 0.5 after one batch, 1 in the second.
    let metric = Metric.mean(of: "average") { Metric.accuracy($0, $1) }
    var state = metric.initialize()
    (state["total"], state["count"]) = (Tensor(0.5), Tensor(1.0))
    let rows = Tensor([[0, 1], [1, 0], [1, 0]])
    state = metric.accumulate(state, rows, rows, nil)
    #expect(metric.finalize(state) == Tensor(0.75))
  }

  @Test func `weights each step of a sequence`() {
    let metric = Metric.mean(of: .categoricalCrossEntropy)
    let (targets, predictions) = (MetricData.tokens.targets, MetricData.tokens.predictions)
    let mask = less(RandomKey(seed: 3).uniform([37, 3]), 0.7)
    expectClose(
      metric(targets, predictions, weights: mask),
      categoricalCrossEntropy(targets, predictions, weights: mask, reduction: .weightedMean))
  }

  @Test func `needs one loss for each example`() {
    let metric = Metric.mean(of: Loss("whole") { ($0 - $1).sum() })
    expectError(
      metric(Tensor([1.0]), Tensor([2.0])),
      """
      whole needs one loss for each example in order to weight them, got a scalar for targets \
      f64[1], predictions f64[1]; reduce over every axis but the first
      """)
  }
}
