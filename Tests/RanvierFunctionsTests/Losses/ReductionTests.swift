import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct ReductionTests {
  let losses = Tensor([[1.0, 2], [3, 4]])
  let weights = Tensor([1.0, 3])

  @Test(arguments: [
    (Reduction.mean, 2.5, 6.0), (.sum, 10, 24), (.weightedMean, 2.5, 3),
  ])
  func `reduces with and without weights`(reduction: Reduction, plain: Double, weighted: Double) {
    #expect(reduction(losses) == Tensor(plain))
    #expect(reduction(losses, weights: weights) == Tensor(weighted))
  }

  @Test func `weights single losses`() {
    #expect(Reduction.none(losses, weights: weights) == Tensor([[1.0, 2], [9, 12]]))
    #expect(Reduction.none(losses, weights: Tensor(2)) == losses * 2)
    #expect(
      Reduction.none(losses, weights: Tensor([[1, 0], [0, 1]])) == Tensor([[1.0, 0], [0, 4]]))
  }

  @Test func `leaves out what has weight 0, even if it is not a number`() {
    let classes = Tensor([1, -1])
    let logits = Tensor([[0, 0], [1, 2]] as [[Float]])
    let weights = Tensor([1, 0])
    let (loss, slope) = valueWithGradient(at: logits) {
      categoricalCrossEntropy(
        classes, $0, fromLogits: true, weights: weights, reduction: .weightedMean)
    }
    expectClose(loss, Tensor(Float(0.6931472)))
    #expect(slope == Tensor([[0.5, -0.5], [0, 0]] as [[Float]]))
    let metric = Metric.mean(of: .categoricalCrossEntropy(fromLogits: true))
    expectClose(metric(classes, logits, weights: weights), Tensor(0.6931472))
  }

  @Test func `takes a mask, for the mean of what it keeps`() {
    let mask = Tensor([[true, false], [true, true]])
    #expect(Reduction.weightedMean(losses, weights: mask) == Tensor(8.0 / 3))
    #expect(Reduction.sum(losses, weights: mask) == Tensor(8.0))
    #expect(Reduction.mean(losses, weights: mask) == Tensor(2.0))
    #expect(
      Reduction.none(losses, weights: Tensor([false, true])) == Tensor([[0.0, 0], [3, 4]]))
  }

  @Test(arguments: Loss.catalog)
  func `keeps what is left out from derivatives`(loss: Loss) {
    let targets = Tensor([[0.25, 0.75], [.nan, 1], [0, 1]])
    let predictions = Tensor([[0.5, 0.5], [.nan, .infinity], [0.25, 0.75]])
    let expected = valueWithGradient(at: predictions[0 ..< 1]) {
      loss(targets[0 ..< 1], $0, reduction: .sum)
    }
    let (value, slope) = valueWithGradient(at: predictions) {
      loss(targets, $0, weights: Tensor([true, false, false]), reduction: .sum)
    }
    expectClose(value, expected.value, relative: 1e-12)
    expectClose(slope[0 ..< 1], expected.gradient, relative: 1e-12)
    #expect(slope[1 ..< 3] == Tensor.zeros([2, 2], elementType: .float64))
  }

  @Test func `keeps what is left out from derivatives of functions`() {
    let mask = Tensor([true, false])
    let wrong = Tensor([[1.0, 2], [.nan, .infinity]])
    let slopes = gradient(at: wrong) { x in
      meanSquaredError(wrong * 2, x, weights: mask)
        + categoricalCrossEntropy(Tensor([0, 1]), x, fromLogits: true, weights: mask)
        + contrastive(mask, x, wrong * 3, weights: mask)
        + connectionistTemporalClassification(
          Tensor([[1], [1]]), x.expandedDimension(at: 1), weights: mask)
    }
    #expect(isFinite(slopes).all().scalar(as: Bool.self))
    #expect(slopes[1] == Tensor([0.0, 0]))
  }

  @Test func `divides by the weights of classes and of samples together`() {
    let predictions = Tensor([[0.5, 0.5], [0.25, 0.75], [0.9, 0.1]])
    let loss = categoricalCrossEntropy(
      Tensor([0, 1, -1]), predictions, classWeights: Tensor([2.0, 3]),
      weights: Tensor([1.0, 4, 0]), reduction: .weightedMean)
    let terms = 2 * log(Tensor(0.5)) + 12 * log(Tensor(0.75))
    expectClose(loss, -terms / 14, relative: 1e-12)
  }

  @Test func `takes weights of leading axes only`() {
    expectError(
      Reduction.mean(losses, weights: Tensor([1.0, 2, 3])),
      """
      Reduction needs weights with the leading axes of the values, got weights [3] for values \
      [2, 2]; \
      give one weight for each example, or for each value
      """)
    let wrong = Tensor([1.0]) + Tensor([1.0, 2, 3])[0 ..< 9]
    #expect(Reduction.mean(losses, weights: wrong).error == wrong.error)
    #expect(Reduction.mean(wrong, weights: weights).error == wrong.error)
  }

  @Test func `of nothing is not a number, and the sum 0`() {
    #expect(Reduction.mean(Tensor.zeros([0])).scalar(as: Double.self).isNaN)
    #expect(Reduction.sum(Tensor.zeros([0])) == Tensor(Float(0)))
  }
}
