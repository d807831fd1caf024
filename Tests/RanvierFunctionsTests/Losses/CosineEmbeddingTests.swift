import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct CosineEmbeddingTests {
  @Test func `draws together and apart`() {
    let first = Tensor([[1.0, 0], [1, 0], [1, 0]])
    let second = Tensor([[0.0, 1], [1, 1], [-1, 0]])
    let half = 0.5.squareRoot()
    expectClose(
      cosineEmbedding(Tensor([1, 1, 1]), first, second, reduction: .none),
      Tensor([1, 1 - half, 2]), relative: 1e-12)
    expectClose(
      cosineEmbedding(
        Tensor([false, false, false]), first, second, margin: 0.5, reduction: .none),
      Tensor([0, half - 0.5, 0]), relative: 1e-12)
  }
}
