import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

/// Numbers that Axon's own tests expect, and what it is known to do differently.
@Suite struct LossFactTests {
  let logits = Tensor([[15.0, 2, -22], [-5, -2, 3], [2, 1.96, 1.2]] as [[Float]])
  let classes = Tensor([1, 0, 2])

  @Test func `binary cross-entropy`() {
    let weighted = binaryCrossEntropy(
      Tensor([0, 1, 0, 1, 0]), Tensor([0.2, 0.8, 0.5, 0.3, 0.8] as [Float]),
      positiveWeight: 0.5, negativeWeight: 0.8)
    expectClose(weighted, Tensor(Float(0.546828)))
    let ofLogits = binaryCrossEntropy(
      Tensor([0, 1, 0, 1, 0]), Tensor([15, -10, 6, 2, -1] as [Float]), fromLogits: true)
    expectClose(ofLogits, Tensor(Float(6.288542)))
  }

  @Test func `weighted binary cross-entropy has one loss for each sample`() {
    let losses = binaryCrossEntropy(
      Tensor([[0, 1], [1, 1]]), Tensor([[0.5, 0.5], [0.5, 0.5]]), positiveWeight: 2,
      negativeWeight: 4, reduction: .none)
    expectClose(losses, Tensor([3.0, 2]) * 0.6931471805599453)
  }

  @Test func `categorical cross-entropy`() {
    let expected = Tensor(Float(7.562242))
    let dense = oneHot(classes, count: 3)
    expectClose(categoricalCrossEntropy(dense, logits, fromLogits: true), expected)
    expectClose(categoricalCrossEntropy(classes, logits, fromLogits: true), expected)
    // The same behind softmax, where Axon's compiled one drops that targets are integers.
    expectClose(categoricalCrossEntropy(classes, softmax(logits)), expected)
  }

  @Test func `weights of classes`() {
    let targets = Tensor([[0.0, 1, 0], [1, 0, 0], [0, 0, 1]])
    let predictions = Tensor([[0.1, 0.8, 0.1], [0.4, 0.2, 0.4], [0.15, 0.25, 0.6]])
    func loss(_ targets: Tensor, _ reduction: Reduction) -> Tensor {
      categoricalCrossEntropy(
        targets, predictions, classWeights: Tensor([0.3, 0.2, 0.2]), reduction: reduction)
    }
    for targets in [targets, Tensor([1, 0, 2])] {
      expectClose(loss(targets, .none), Tensor([0.0446287, 0.2748872, 0.1021651]))
      expectClose(loss(targets, .weightedMean), Tensor(0.602401))
      expectClose(loss(targets, .sum), Tensor(0.421681))
      expectClose(loss(targets, .mean), Tensor(0.421681 / 3))
    }
  }

  @Test func `a wrong certainty is finite`() {
    let loss = categoricalCrossEntropy(Tensor([[1.0, 0]]), Tensor([[0, 1]] as [[Float]]))
    expectClose(loss, Tensor(Float(87.33655)))
  }

  @Test func `connectionist temporal classification`() {
    let even = Tensor(repeating: -1.6094379425048828, shape: [2, 10, 5], elementType: .float64)
    let targets = Tensor([[2, 3, 4, 1], [2, 2, 4, 1]])
    // PyTorch's numbers. Axon's tests expect 8.086423, 8.933041 and 10.772388: it adds 1e-7 to
    // probabilities in every step.
    let expected = Tensor([8.087012357065, 8.934310217453])
    expectClose(
      connectionistTemporalClassification(targets, even, reduction: .none), expected,
      relative: 1e-11)
    // Labels behind the end do not matter.
    let longer = Tensor([[2, 3, 4, 1, 1], [2, 2, 4, 1, 1]])
    expectClose(
      connectionistTemporalClassification(
        longer, even, targetLengths: Tensor([4, 4]), reduction: .none), expected,
      relative: 1e-11)
    let logarithms = Tensor([
      [
        [-0.9714, -0.9640, -2.9779, -3.0708, -1.9462],
        [-3.0251, -2.2230, -0.4155, -2.4767, -2.3113],
        [-1.5946, -1.2221, -2.1956, -2.1702, -1.2839],
        [-0.2618, -2.5582, -2.9246, -3.6593, -2.6112],
        [-2.2140, -0.4346, -3.3434, -3.2254, -1.7830],
        [-2.9288, -2.9082, -2.0663, -0.7128, -1.2909],
        [-3.3950, -1.9521, -0.2629, -4.4295, -3.1303],
        [-0.9938, -1.1471, -2.5672, -2.3438, -1.9693],
        [-2.1427, -3.1549, -3.6807, -1.1077, -0.7246],
        [-2.2734, -2.6316, -3.7343, -0.4695, -1.7381],
      ]
    ])
    expectClose(
      connectionistTemporalClassification(Tensor([[2, 3, 4, 1]]), logarithms),
      Tensor(10.782031057648), relative: 1e-11)
  }

  @Test func `cosine similarity draws vectors together, along any axis`() {
    let targets = Tensor([[0.0, 1], [1, 1]])
    let predictions = Tensor([[1.0, 0], [1, 1]])
    expectClose(
      cosineSimilarity(targets, predictions, reduction: .none), Tensor([0.0, -1]),
      absolute: 1e-15)
    expectClose(
      cosineSimilarity(targets, predictions, alongAxis: 0, reduction: .none),
      Tensor([-0.707107, -0.707107]))
    var moved = predictions
    for _ in 0 ..< 200 {
      moved = moved - gradient(at: moved) { cosineSimilarity(targets, $0) }
    }
    expectClose(cosineSimilarity(targets, moved), Tensor(-1.0), absolute: 1e-3)
  }

  @Test func `label smoothing`() {
    let smoothed = smoothedLabels(Tensor([2, 0]), classes: 6)
    expectClose(smoothed[0], Tensor([1, 1, 55, 1, 1, 1] as [Float]) / 60)
    expectClose(smoothed.sum(alongAxes: [-1]), Tensor([1, 1] as [Float]))
  }

  @Test func `huber and soft margin give one loss for each sample`() {
    let (targets, predictions) = (Tensor([[0.0, 0], [1, 1]]), Tensor([[3.0, 1], [1, -1]]))
    #expect(huber(targets, predictions, reduction: .none) == Tensor([1.5, 0.75]))
    #expect(
      huber(targets, predictions, perElement: true, reduction: .none)
        == Tensor([[2.5, 0.5], [0, 1.5]]))
    let margins = softMargin(targets * 2 - 1, predictions, reduction: .none)
    let each = softplus(Tensor([[3.0, 1], [-1, 1]]))
    expectClose(margins, each.mean(alongAxes: [1]), relative: 1e-12)
  }

  @Test func `log-cosh does not overflow`() {
    expectClose(
      logCosh(Tensor([0, 0] as [Float]), Tensor([-500, 500] as [Float]), reduction: .none),
      Tensor([499.30685, 499.30685] as [Float]))
  }

  @Test(arguments: Reduction.allCases)
  func `every reduction is there for every loss`(reduction: Reduction) {
    let (targets, predictions) = (Tensor.ones([4, 3]), Tensor.ones([4, 3]) * 0.5)
    for loss in Loss.catalog {
      let result = loss(targets, predictions, reduction: reduction)
      #expect(result.shape == (reduction == .none ? [4] : []), "\(loss)")
    }
  }
}
