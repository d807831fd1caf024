import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct OrthogonalTests {
  @Test(arguments: [[5, 5], [7, 3], [3, 12], [2, 3, 4], [6]] as [Shape])
  func `rows or columns are orthonormal`(shape: Shape) {
    for type in [ElementType.float32, .float64] {
      let values = Initializer.orthogonal(shape, key: RandomKey(seed: 3), elementType: type)
      #expect(values.type == TensorType(type, shape))
      let matrix = values.reshaped(to: [shape.count / shape[-1], shape[-1]])
      let tall = matrix.shape[0] >= matrix.shape[1] ? matrix : matrix.transposed()
      expectClose(
        matmul(tall.transposed(), tall), Tensor.identity(tall.shape[1], elementType: type),
        absolute: 2e-6)
    }
  }

  @Test func `forget gates begin with a constant`() {
    let key = RandomKey(seed: 1)
    #expect(
      Initializer.forgetBias([8], key: key) == Tensor([0, 0, 1, 1, 0, 0, 0, 0] as [Float]))
    #expect(
      Initializer.forgetBias(0.5)([2, 4], key: key, elementType: .float64)
        == Tensor([[0.0, 0.5, 0, 0], [0, 0.5, 0, 0]]))
  }
}
