import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct CosineSimilarityMetricTests {
  @Test func `is large for equal directions, unlike the loss`() {
    let (x, y) = (Tensor([[3.0, 4], [1, 0]]), Tensor([[6.0, 8], [0, 5]]))
    expectClose(Metric.cosineSimilarity(x, y), Tensor(0.5))
    expectClose(Metric.cosineSimilarity(x, -x), Tensor(-1.0))
    expectClose(-cosineSimilarity(x, y), Tensor(0.5))
    #expect(Metric.cosineSimilarity(x, Tensor.zeros([2, 2])) == Tensor(0.0))
  }

  @Test func `weights each vector`() {
    let (x, y) = (Tensor([[[1.0, 0], [1, 0]]]), Tensor([[[1.0, 0], [0, 1]]]))
    #expect(Metric.cosineSimilarity(x, y, weights: Tensor([[3.0, 1]])) == Tensor(0.75))
    #expect(Metric.cosineSimilarity(x, y, weights: Tensor([3.0])) == Tensor(0.5))
  }
}
