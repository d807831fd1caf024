import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct LogLossTests {
  @Test func `logits give what probabilities give`() {
    let logits = RandomKey(seed: 1).normal([9, 4])
    let classes = (RandomKey(seed: 2).uniform([9]) * 4).cast(to: .int32)
    let labels = less(RandomKey(seed: 3).uniform([9, 4]), 0.5)
    expectClose(
      Metric.logLoss(fromLogits: true)(classes, logits), Metric.logLoss(classes, softmax(logits)))
    expectClose(
      Metric.logLoss(fromLogits: true, multiLabel: true)(labels, logits),
      Metric.logLoss(multiLabel: true)(labels, sigmoid(logits)))
    let (truths, column) = (labels[.all, 0], logits[.all, 0 ..< 1])
    expectClose(
      Metric.logLoss(fromLogits: true)(truths, column), Metric.logLoss(truths, sigmoid(column)))
  }

  @Test func `a wrong certainty costs much, but not everything`() {
    let loss = Metric.logLoss(Tensor([0, 1]), Tensor([[0.0, 1], [0, 1]])).scalar(as: Double.self)
    #expect(loss > 40 && loss.isFinite)
    #expect(Metric.logLoss(fromLogits: true)(Tensor([1]), Tensor([-1e4])) == Tensor(1e4))
  }
}
