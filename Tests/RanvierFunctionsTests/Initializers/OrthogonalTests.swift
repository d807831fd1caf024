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

  @Test func `a gain is the length of rows or columns`() {
    let values = Initializer.orthogonal(gain: 3)(
      [2, 3, 4], key: RandomKey(seed: 3), elementType: .float64)
    expectClose(
      square(values).sum(alongAxes: [0, 1]), Tensor([9.0, 9, 9, 9]), relative: 1e-13)
  }

  @Test func `every matrix is equally likely`() {
    // An element of a random 3 x 3 rotation or reflection has mean 0 and variance 1/3. Without
    // attention to signs, the first one would be negative for most algorithms.
    let count = 300
    let values = (0 ..< count).map { seed in
      Initializer.orthogonal([3, 3], key: RandomKey(seed: UInt64(seed)), elementType: .float64)
    }
    let all = Tensor(stacking: values)
    // Five standard errors of the mean; of the mean square, whose variance is at most 1/3 * 2/3.
    expectClose(
      all.mean(alongAxes: [0]), Tensor.zeros([3, 3], elementType: .float64), relative: 0,
      absolute: 5 * (1 / 3.0 / Double(count)).squareRoot())
    expectClose(
      square(all).mean(alongAxes: [0]), Tensor.ones([3, 3], elementType: .float64) / 3,
      relative: 0, absolute: 5 * (2 / 9.0 / Double(count)).squareRoot())
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
