import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct BinaryCrossEntropyTests {
  @Test func `agrees between logits and probabilities`() {
    let logits = Tensor([[-2.0, 0.5], [3, -1]])
    let targets = Tensor([[true, false], [false, true]])
    expectClose(
      binaryCrossEntropy(targets, logits, fromLogits: true),
      binaryCrossEntropy(targets, sigmoid(logits)), relative: 1e-12)
  }

  @Test func `is large and finite for wrong certainty`() {
    let certain = Tensor([0, 1] as [Float])
    let targets = Tensor([1, 0] as [Float])
    let losses = binaryCrossEntropy(targets, certain, reduction: .none)
    expectClose(losses, Tensor([87.33655, 87.33655] as [Float]))
    let slope = gradient(at: certain) { binaryCrossEntropy(targets, $0) }
    #expect(isFinite(slope).all().scalar(as: Bool.self))
    let logits = Tensor([-1e4, 1e4] as [Float])
    let (loss, logitSlope) = valueWithGradient(at: logits) {
      binaryCrossEntropy(targets, $0, fromLogits: true, reduction: .sum)
    }
    #expect(loss == Tensor(Float(2e4)))
    #expect(logitSlope == Tensor([-1, 1] as [Float]))
  }

  @Test(.tags(.gradient)) func `has the derivatives of finite differences`() {
    let logits = Tensor([0.3, -1, 0.6, 2, 0.1, -0.4], shape: [3, 2])
    let targets = Tensor([0.1, 0.9, 1, 0, 0.4, 0.5], shape: [3, 2])
    for reduction in Reduction.allCases {
      expectGradientsMatch(at: [targets, logits], "logits, \(reduction)") {
        binaryCrossEntropy($0[0], $0[1], fromLogits: true, reduction: reduction)
      }
      expectGradientsMatch(at: [targets, sigmoid(logits)], "probabilities, \(reduction)") {
        binaryCrossEntropy($0[0], $0[1], perElement: true, reduction: reduction)
      }
    }
  }

  @Test func `says which shapes do not fit`() {
    expectError(
      binaryCrossEntropy(Tensor.ones([4]), Tensor.ones([4, 1])),
      """
      binaryCrossEntropy needs targets of the predictions' shape, got targets f32[4], \
      predictions f32[4, 1]; \
      add an axis to the targets: targets.expandedDimension(at: -1)
      """)
  }
}
