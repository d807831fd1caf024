import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct SumMetricTests {
  @Test func `adds up values over batches`() {
    // Axon's running sum: 12 before, and 1 in this batch.
    let metric = Metric.sum(of: "hits") { Metric.accuracy($0, $1) }
    var state = metric.initialize()
    state["total"] = Tensor(12.0)
    state = metric.accumulate(state, Tensor([0, 1, 1]), Tensor([0.1, 0.9, 0.8]), nil)
    #expect(metric.finalize(state) == Tensor(13.0))
    #expect(metric.name == "hits")
  }

  @Test func `weights values`() {
    let metric = Metric.sum(of: "values") { targets, _ in targets }
    let values = Tensor([[1.0, 3], [10, .nan]])
    #expect(metric(values, values, weights: Tensor([[2.0, 1], [0.5, 0]])) == Tensor(10.0))
    expectError(
      metric(values, values, weights: Tensor([3.0])),
      """
      values needs weights with the leading axes of the values, got weights [1] for values [2, 2]; \
      give one weight for each example, or for each value
      """)
  }
}
