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
}
