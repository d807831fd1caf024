import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct CosineSimilarityTests {
  @Test(arguments: [.leastNormalMagnitude / 128, 1e-30, 1e-4, 1, 1e4, 1e30, .infinity] as [Float])
  func `knows no lengths`(length: Float) {
    let targets = Tensor([[3, 4], [0, 1], [-1, 0]] as [[Float]])
    let predictions = Tensor([[length, 0], [0, length], [length, 0]])
    expectClose(
      cosineSimilarity(targets, predictions, reduction: .none), Tensor([-0.6, -1, 1] as [Float]))
    expectClose(
      cosineSimilarity(predictions, targets, reduction: .none), Tensor([-0.6, -1, 1] as [Float]))
  }

  @Test func `zeros are at right angles, without a derivative`() {
    let (value, slope) = valueWithGradient(at: Tensor.zeros([1, 3])) {
      cosineSimilarity(Tensor.ones([1, 3]), $0)
    }
    #expect(value == Tensor(Float(0)))
    #expect(slope == Tensor.zeros([1, 3]))
  }

  @Test func `has derivatives at infinity and beside it`() {
    for point in [Float(1e30), .infinity] {
      let slope = gradient(at: Tensor([[point, 0]])) {
        cosineSimilarity(Tensor([[1, 1]] as [[Float]]), $0)
      }
      expectClose(slope, Tensor([[0, 0]] as [[Float]]), absolute: 1e-29)
    }
  }
}
