import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct PerplexityTests {
  @Test func `is the number of tokens that are equally likely`() {
    let uniform = Tensor.zeros([2, 3, 7])
    let targets = Tensor([[0, 3, 6], [1, 1, 5]])
    expectClose(
      Metric.perplexity(fromLogits: true)(targets, uniform), Tensor(7.0), relative: 1e-6)
    expectClose(Metric.perplexity(targets, uniform + 0.125), Tensor(8.0), relative: 1e-6)
    #expect(Metric.perplexity(targets, oneHot(targets, count: 7)) == Tensor(1.0))
  }

  @Test func `leaves out padding`() {
    let predictions = softmax(RandomKey(seed: 1).uniform([2, 4, 5]))
    let targets = Tensor([[0, 3, -1, -1], [1, 4, 2, -1]])
    let all = Metric.perplexity(targets, predictions)
    #expect(all.scalar(as: Double.self).isNaN)
    let kept = Metric.perplexity(targets, predictions, weights: greaterOrEqual(targets, 0))
    let losses = categoricalCrossEntropy(targets, predictions, reduction: .none)
    let parts = Tensor(concatenating: [losses[0, 0 ..< 2], losses[1, 0 ..< 3]])
    expectClose(kept, exp(parts.mean()).cast(to: .float64), relative: 1e-6)
  }

  @Test func `is that of the data set, not the mean of batches`() {
    let metric = Metric.perplexity
    var state = metric.initialize()
    for chance in [0.5, 0.125] {
      let prediction = Tensor([[chance, 1 - chance]])
      state = metric.accumulate(state, Tensor([0]), prediction, nil)
    }
    expectClose(metric.finalize(state), Tensor(4.0), relative: 1e-12)
  }
}
