import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct ConfusionMatrixTests {
  let targets = Tensor([0, 0, 1, 2])
  let predictions = oneHot(Tensor([0, 1, 1, 0]), count: 3)

  @Test func `rows are true classes, columns predicted ones`() {
    #expect(
      Metric.confusionMatrix(targets, predictions)
        == Tensor([[1.0, 1, 0], [0, 1, 0], [1, 0, 0]]))
    #expect(
      Metric.confusionMatrix(targets, predictions, weights: Tensor([1, 0.5, 2, 0]))
        == Tensor([[1.0, 0.5, 0], [0, 2, 0], [0, 0, 0]]))
    #expect(
      Metric.confusionMatrix(Tensor([true, false, true]), Tensor([0.9, 0.8, 0.2]))
        == Tensor([[0.0, 1], [1, 1]]))
  }

  @Test func `correlation is 0 where a single class is true or predicted`() {
    let one = oneHot(Tensor([1, 1, 1, 1]), count: 3)
    #expect(Metric.matthewsCorrelation(targets, one) == Tensor(0.0))
    #expect(Metric.matthewsCorrelation(Tensor([1, 1, 1, 1]), predictions) == Tensor(0.0))
    // Also with weights whose sums are rounded.
    let weights = Tensor([0.1, 0.7, 0.3, 0.2])
    #expect(Metric.matthewsCorrelation(targets, one, weights: weights) == Tensor(0.0))
    #expect(Metric.matthewsCorrelation(targets, oneHot(targets, count: 3)) == Tensor(1.0))
  }

  @Test func `kappa is not a number where agreement is certain`() {
    let ones = Tensor([1, 1, 1])
    #expect(Metric.cohenKappa(ones, oneHot(ones, count: 3)).scalar(as: Double.self).isNaN)
    #expect(Metric.cohenKappa(targets, oneHot(targets, count: 3)) == Tensor(1.0))
  }

  @Test func `costs of disagreement`() {
    // A mistake by one class counts less where one by two counts more.
    let decision = Decision.indices(classes: 3)
    func kappa(_ disagreement: Metric.Disagreement) -> Tensor {
      Metric.cohenKappa(disagreement, deciding: decision)(Tensor([0, 0, 2]), Tensor([1, 0, 2]))
    }
    // By hand: 1 - 1 / expected costs; rows are 2, 0, 1 and columns 1, 1, 1.
    expectClose(kappa(.equal), Tensor(1 - 1 / 2.0), relative: 1e-12)
    expectClose(kappa(.linear), Tensor(1 - 1 / 3.0), relative: 1e-12)
    expectClose(kappa(.quadratic), Tensor(1 - 1 / 5.0), relative: 1e-12)
  }

  @Test func `balanced accuracy leaves out classes that are not true`() {
    let predictions = oneHot(Tensor([0, 1, 1, 2]), count: 3)
    #expect(Metric.balancedAccuracy(Tensor([0, 0, 1, 1]), predictions) == Tensor(0.5))
    // Of yes and no: 1 of 1 and 1 of 3.
    expectClose(
      Metric.balancedAccuracy(Tensor([1, 0, 0, 0]), Tensor([0.9, 0.9, 0.9, 0.1])),
      Tensor(2 / 3.0), relative: 1e-12)
  }
}
