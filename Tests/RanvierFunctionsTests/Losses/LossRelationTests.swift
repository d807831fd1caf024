import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// Laws that connect losses.
@Suite struct LossRelationTests {
  let key = RandomKey(seed: 11)
  var numbers: Tensor { key.derived(1).normal([6, 4], elementType: .float64) }
  var others: Tensor { key.derived(2).normal([6, 4], elementType: .float64) }
  var shares: Tensor { sigmoid(key.derived(3).normal([6, 4], elementType: .float64)) }
  var truths: Tensor { greater(key.derived(4).normal([6, 4], elementType: .float64), 0) }

  private func expectEqual(_ first: Tensor, _ second: Tensor) {
    expectClose(first, second, relative: 1e-12, absolute: 1e-14)
  }

  @Test func `huber is half the square, or nearly the absolute error`() {
    expectEqual(huber(others, numbers, delta: 100), meanSquaredError(others, numbers) / 2)
    expectClose(
      huber(others, numbers, delta: 1e-9) / 1e-9, meanAbsoluteError(others, numbers),
      relative: 1e-8)
  }

  @Test func `pinball of the median is half the absolute error`() {
    expectEqual(pinball(others, numbers), meanAbsoluteError(others, numbers) / 2)
    let sample = Tensor((0 ..< 101).map { Double($0) })
    func loss(_ guess: Double) -> Double {
      pinball(sample, Tensor(repeating: guess, like: sample), quantile: 0.9).scalar(as: Double.self)
    }
    #expect(loss(90) < loss(89) && loss(90) < loss(91))
  }

  @Test func `scores of signs are logits of truth values`() {
    expectEqual(
      softMargin(truths, numbers), binaryCrossEntropy(truths, numbers, fromLogits: true))
    let signs = truths.cast(to: .float64) * 2 - 1
    expectEqual(softMargin(signs, numbers), softMargin(truths, numbers))
    expectEqual(hinge(signs, numbers), hinge(truths, numbers))
  }

  @Test func `focal loss without focus is cross-entropy`() {
    expectEqual(
      focal(shares, sigmoid(numbers), focus: 0), binaryCrossEntropy(shares, sigmoid(numbers)))
    expectEqual(
      focal(shares, numbers, fromLogits: true), focal(shares, sigmoid(numbers)))
    expectEqual(
      categoricalFocal(softmax(others), numbers, fromLogits: true, focus: 0),
      categoricalCrossEntropy(softmax(others), numbers, fromLogits: true))
    expectEqual(minimax(shares, sigmoid(numbers)), -binaryCrossEntropy(shares, sigmoid(numbers)))
  }

  @Test func `tversky of halves is dice`() {
    expectEqual(
      tversky(truths, shares, smoothing: 0.5), dice(truths, shares, smoothing: 1))
    #expect(dice(truths, truths.cast(to: .float64)) == Tensor(0.0))
    let empty = Tensor.zeros([2, 3])
    #expect(dice(empty, empty) == Tensor(Float(0)) && tversky(empty, empty) == Tensor(Float(0)))
    let each = dice(truths, shares, axes: [0], reduction: .none)
    #expect(each.shape == [4])
  }

  @Test func `divergence is cross-entropy less entropy`() {
    let (targets, logits) = (softmax(others), numbers)
    let entropy = categoricalCrossEntropy(targets, targets)
    let expected = categoricalCrossEntropy(targets, logits, fromLogits: true) - entropy
    expectEqual(klDivergence(targets, softmax(logits)), expected)
    expectEqual(klDivergence(targets, logSoftmax(logits), fromLogarithms: true), expected)
    expectEqual(
      klDivergence(
        logSoftmax(others), logSoftmax(logits), fromLogarithms: true, logarithmicTargets: true),
      expected)
    expectEqual(klDivergence(targets, targets), Tensor(0.0))
  }

  @Test func `likelihood of logarithms is cross-entropy`() {
    let classes = Tensor([0, 3, 1, 2, 2, 0])
    expectEqual(
      negativeLogLikelihood(classes, logSoftmax(numbers)),
      categoricalCrossEntropy(classes, numbers, fromLogits: true))
  }

  @Test func `smoothing is the same as an option, a function and a loss`() {
    let classes = Tensor([0, 3, 1, 2, 2, 0])
    let option = categoricalCrossEntropy(classes, numbers, fromLogits: true, labelSmoothing: 0.2)
    let targets = smoothedLabels(oneHot(classes, count: 4, elementType: .float64), smoothing: 0.2)
    expectEqual(categoricalCrossEntropy(targets, numbers, fromLogits: true), option)
    let loss = Loss.categoricalCrossEntropy(fromLogits: true).smoothingLabels(by: 0.2)
    expectClose(loss(classes, numbers), option, relative: 1e-7)
    #expect("\(loss)" == "categorical_cross_entropy_from_logits_of_smoothed_labels")
  }

  @Test func `poisson of logarithms is poisson of rates`() {
    expectEqual(poisson(shares, numbers, fromLogarithms: true), poisson(shares, exp(numbers)))
  }

  @Test func `gaussian of variance 1 is half the square`() {
    let ones = Tensor(repeating: 1, like: numbers)
    expectEqual(
      gaussianNegativeLogLikelihood(others, means: numbers, variances: ones),
      meanSquaredError(others, numbers) / 2)
    // A variance of 0 is computed as the smallest, and does not move.
    let slope = gradient(at: ones * 0) {
      gaussianNegativeLogLikelihood(others, means: numbers, variances: $0)
    }
    #expect(slope == ones * 0)
  }

  @Test func `wasserstein is the difference of mean scores`() {
    let loss = wasserstein(Tensor([-1, -1, 1, 1]), Tensor([3.0, 5, 1, 2]), reduction: .sum)
    #expect(loss == Tensor(-5.0))
  }

  @Test func `distances teach without harm where they are 0`() {
    let same = Tensor([[1.0, 2], [3, 4]])
    let slope = gradient(at: same) {
      tripletMargin($0, same, same * 2) + contrastive(Tensor([0, 1]), $0, same)
    }
    #expect(isFinite(slope).all().scalar(as: Bool.self))
    #expect(contrastive(Tensor([1, 1]), same, same) == Tensor(0.0))
    #expect(contrastive(Tensor([0, 0]), same, same, margin: 2) == Tensor(4.0))
    expectClose(
      tripletMargin(Tensor([[0.0, 0]]), Tensor([[3.0, 4]]), Tensor([[0.0, 4.5]])), Tensor(1.5))
    expectClose(
      marginRanking(Tensor([1, -1]), Tensor([1.0, 1]), Tensor([3.0, 3]), reduction: .none),
      Tensor([2.0, 0]))
  }
}
