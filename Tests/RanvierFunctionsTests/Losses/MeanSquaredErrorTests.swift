import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct MeanSquaredErrorTests {
  @Test func `gives one loss for each sample, or element`() {
    let targets = Tensor([[1.0, 2], [3, 4]])
    let predictions = Tensor([[1.0, 4], [2, 4]])
    #expect(meanSquaredError(targets, predictions, reduction: .none) == Tensor([2.0, 0.5]))
    #expect(
      meanSquaredError(targets, predictions, perElement: true, reduction: .none)
        == Tensor([[0.0, 4], [1, 0]]))
    #expect(meanSquaredError(targets, predictions) == Tensor(1.25))
    #expect(
      meanSquaredError(targets[0], predictions[0], reduction: .none) == Tensor([0.0, 4]))
    #expect(meanSquaredError(Tensor(3.0), Tensor(5.0)) == Tensor(4.0))
  }

  @Test(.tags(.gradient)) func `has the derivatives of finite differences`() {
    let targets = Tensor([0.3, -1, 0.6, 2, 0.1, -0.4], shape: [3, 2])
    let predictions = Tensor([0.1, 0.9, 1, 0, 0.4, 0.5], shape: [3, 2])
    for reduction in Reduction.allCases {
      expectGradientsMatch(at: [targets, predictions], "\(reduction)") {
        meanSquaredError($0[0], $0[1], reduction: reduction)
      }
    }
  }

  @Test(
    arguments: [
      ([4, 1], [4], "remove the targets' last axis: targets.squeezed(axes: [-1])"),
      ([2, 3], [3, 2], "reshape one of them"), ([5, 2], [4, 2], "the batches differ in size"),
      ([4, 3], [4, 2], "compare the model's output with the data"),
    ] as [([Int], [Int], String)])
  func `does not broadcast`(targets: [Int], predictions: [Int], hint: String) {
    expectError(
      meanSquaredError(Tensor.ones(Shape(targets)), Tensor.ones(Shape(predictions))),
      """
      meanSquaredError needs targets of the predictions' shape, got targets f32\(targets), \
      predictions f32\(predictions); \(hint)
      """)
  }

  @Test func `takes targets of other types`() {
    let loss = meanSquaredError(Tensor([1, 2] as [Int8]), Tensor([1, 4] as [Float]))
    #expect(loss == Tensor(Float(2)))
    #expect(
      meanSquaredError(Tensor([1.0]), Tensor([1, 4] as [Float])[0 ..< 1]).elementType == .float32)
  }
}
