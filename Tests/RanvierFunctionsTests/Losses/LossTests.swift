import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct LossTests {
  static let targets = Tensor([[1, 0], [0, 1], [0.5, 0.5]] as [[Float]])
  static let predictions = Tensor([[0.8, 0.2], [0.4, 0.6], [0.9, 0.1]] as [[Float]])

  @Test(arguments: Loss.catalog)
  func `gives a mean, and one loss for each example`(loss: Loss) {
    let each = loss.perExample(Self.targets, Self.predictions)
    #expect(each.shape == [3])
    expectClose(loss(Self.targets, Self.predictions), each.mean())
    let weights = Tensor([1, 2, 0] as [Float])
    expectClose(
      loss(Self.targets, Self.predictions, weights: weights, reduction: .weightedMean),
      loss(
        Self.targets[0 ..< 2], Self.predictions[0 ..< 2], weights: weights[0 ..< 2], reduction: .sum
      ) / 3)
  }

  @Test func `averages sequences for each example`() {
    let logits = Tensor((0 ..< 12).map { Double($0 % 5) }, shape: [2, 3, 2])
    let classes = Tensor([[0, 1, 1], [1, 0, 1]])
    let loss = Loss.categoricalCrossEntropy(fromLogits: true)
    let expected = categoricalCrossEntropy(classes, logits, fromLogits: true, reduction: .none)
    expectClose(loss.perExample(classes, logits), expected.mean(alongAxes: [1]))
  }

  @Test func `can be one's own`() {
    let largest = Loss("largest") { abs($0 - $1).max(alongAxes: [-1]) }
    expectClose(
      largest.perExample(Self.targets, Self.predictions), Tensor([0.2, 0.4, 0.4] as [Float]))
    #expect("\(largest)" == "largest")
    let scalar = Loss("total") { abs($0 - $1).sum() }
    expectClose(scalar(Self.targets, Self.predictions), Tensor(Float(2)))
    let text = """
      total needs one loss for each example in order to weight them, got a scalar for targets \
      f32[3, 2], \
      predictions f32[3, 2]; reduce over every axis but the first
      """
    expectError(scalar.perExample(Self.targets, Self.predictions), text)
    expectError(scalar(Self.targets, Self.predictions, weights: Tensor([1.0, 1, 1])), text)
  }

  @Test(arguments: Loss.catalog)
  func `passes errors on`(loss: Loss) {
    let wrong = Tensor([1.0, 2]) + Tensor([1.0, 2, 3])
    #expect(loss(wrong, Self.predictions).error == wrong.error)
    #expect(loss(Self.targets, wrong).error == wrong.error)
    #expect(loss(Self.targets, Self.predictions, weights: wrong).error == wrong.error)
    #expect(loss.perExample(Self.targets, wrong).error == wrong.error)
  }
}
