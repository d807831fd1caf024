import Foundation
import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct ConnectionistTemporalClassificationTests {
  /// Every class as probable as any other: what counts is the number of paths.
  let even = Tensor.zeros([1, 4, 3])

  @Test(
    arguments: [
      // Of 4 steps: one label in one run anywhere; two different ones; two equal ones need a blank.
      ([1], 10), ([1, 2], 15), ([1, 1], 5), ([1, 2, 1, 2], 1), ([], 1),
    ] as [([Int], Double)])
  func `adds up the paths`(labels: [Int], paths: Double) {
    let targets = Tensor(labels.map { Int32($0) }, shape: [1, labels.count])
    let loss = connectionistTemporalClassification(targets, even, fromLogits: true)
    expectClose(loss, Tensor(Float(4 * Foundation.log(3.0) - Foundation.log(paths))))
  }

  @Test func `is infinite without a path, and teaches nothing then`() {
    let targets = Tensor([[1, 1, 1], [1, 2, 1]])
    let logits = Tensor.zeros([2, 4, 3])
    for infiniteAsZero in [false, true] {
      let (losses, pullback) = valueWithPullback(at: logits) {
        connectionistTemporalClassification(
          targets, $0, fromLogits: true, infiniteAsZero: infiniteAsZero, reduction: .none)
      }
      #expect(losses[0] == Tensor(infiniteAsZero ? Float(0) : .infinity))
      let slope = pullback(Tensor.ones([2]))
      #expect(slope[0] == Tensor.zeros([4, 3]))
      #expect(isFinite(slope).all().scalar(as: Bool.self))
      #expect(notEqual(slope[1], 0).any().scalar(as: Bool.self))
    }
  }

  @Test func `impossible labels are no trouble`() {
    let logarithms = Tensor(
      [[[-.infinity, 0], [0, -.infinity], [-.infinity, 0]]] as [[[Float]]])
    let (loss, slope) = valueWithGradient(at: logarithms) {
      connectionistTemporalClassification(Tensor([[1, 1]]), $0)
    }
    #expect(loss == Tensor(Float(0)))
    #expect(slope == Tensor([[[0, -1], [-1, 0], [0, -1]]] as [[[Float]]]))
  }

  @Test func `steps and labels behind the ends do not matter`() {
    let logits = RandomKey(seed: 5).normal([1, 6, 4], elementType: .float64)
    func loss(_ targets: Tensor, _ logits: Tensor) -> Tensor {
      connectionistTemporalClassification(
        targets, logits, targetLengths: Tensor([2]), predictionLengths: Tensor([4]),
        fromLogits: true)
    }
    let expected = connectionistTemporalClassification(
      Tensor([[3, 1]]), logits[0..., 0 ..< 4], fromLogits: true)
    for targets in [Tensor([[3, 1]]), Tensor([[3, 1, 1, 2]]), Tensor([[3, 1, 0, 99]])] {
      let (value, slope) = valueWithGradient(at: logits) { loss(targets, $0) }
      expectClose(value, expected, relative: 1e-12)
      #expect(slope[0..., 4 ..< 6] == Tensor.zeros([1, 2, 4], elementType: .float64))
    }
  }

  @Test(
    arguments: [
      ([1, 0], 2, 4), ([1, 3], 2, 4), ([-1, 1], 2, 4), ([1, 2], 3, 4), ([1, 2], 2, 5),
    ]
      as [([Int], Int, Int)])
  func `is not a number for what does not exist`(labels: [Int], count: Int, steps: Int) {
    let loss = connectionistTemporalClassification(
      Tensor([labels]), even, targetLengths: Tensor([count]), predictionLengths: Tensor([steps]))
    #expect(loss.scalar(as: Float.self).isNaN)
  }

  @Test func `takes probabilities that underflow`() {
    let logits = Tensor(repeating: 0, shape: [1, 400, 2]) - Tensor([300, 0] as [Float])
    let loss = connectionistTemporalClassification(Tensor([[0]]), logits, blank: 1)
    // One of 400 steps has the label: 400 paths, and those with longer runs are negligible.
    expectClose(loss, Tensor(Float(300 - Foundation.log(400.0))))
  }

  @Test func `no steps read nothing`() {
    let none = Tensor.zeros([2, 0, 3])
    let losses = connectionistTemporalClassification(
      Tensor([[1], [1]]), none, targetLengths: Tensor([0, 1]), reduction: .none)
    #expect(losses == Tensor([0, .infinity] as [Float]))
  }
}
