import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct MetricTests {
  let targets = (RandomKey(seed: 1).uniform([37, 3]) * 8).cast(to: .int32).cast(to: .float32)
  let predictions = RandomKey(seed: 2).uniform([37, 3])

  @Test(arguments: Metric.catalog)
  func `is exact for batches of any size`(metric: Metric) {
    let whole = metric(targets, predictions)
    for size in [1, 5, 36, 37] {
      var state = metric.initialize()
      for start in stride(from: 0, to: 37, by: size) {
        let range = start ..< min(start + size, 37)
        state = metric.accumulate(state, targets[range], predictions[range], nil)
      }
      expectClose(metric.finalize(state), whole, relative: 1e-7, absolute: 0, "batches of \(size)")
    }
  }

  @Test(arguments: Metric.catalog)
  func `merges states`(metric: Metric) {
    let parts = [0 ..< 11, 11 ..< 37].map {
      metric.accumulate(metric.initialize(), targets[$0], predictions[$0], nil)
    }
    let merged = metric.merge(metric.merge(metric.initialize(), parts[0]), parts[1])
    expectClose(metric.finalize(merged), metric(targets, predictions), relative: 1e-7, absolute: 0)
  }

  @Test(arguments: Metric.catalog)
  func `leaves out examples of weight 0`(metric: Metric) {
    let weights = Tensor((0 ..< 37).map { $0 < 20 ? Float(1) : 0 })
    expectClose(
      metric(targets, predictions, weights: weights),
      metric(targets[0 ..< 20], predictions[0 ..< 20]), relative: 1e-7, absolute: 0)
  }

  @Test(arguments: Metric.catalog)
  func `is not a number without examples, and passes errors on`(metric: Metric) {
    #expect(metric.finalize(metric.initialize()).scalar(as: Double.self).isNaN)
    let wrong = Tensor([1.0, 2]) + Tensor([1.0, 2, 3])
    #expect(metric(wrong, predictions).error == wrong.error)
    #expect(metric(targets, predictions[0 ..< 5]).error != nil)
  }

  @Test func `can be one's own`() {
    let largest = Metric(
      "largest_error", initialize: { ["value": Tensor(0.0)] },
      accumulate: { state, targets, predictions, _ in
        ["value": maximum(state["value"], abs(targets - predictions).max())]
      },
      merge: { ["value": maximum($0["value"], $1["value"])] }, finalize: { $0["value"] })
    #expect(largest(Tensor([1.0, 5]), Tensor([2.0, 2])) == Tensor(3.0))
    #expect("\(largest)" == "largest_error")
  }
}
