import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct BilinearTests {
  @Test func `known values: an output, then the first input, then the second`() {
    let kernel = Tensor([[[1.0, 2], [3, 4]], [[0, 1], [0, 0]]])
    let y = bilinear(Tensor([[1.0, 10]]), Tensor([[5.0, 7]]), kernel, Tensor([0.5, 0]))
    #expect(y == Tensor([[5.0 + 14 + 150 + 280 + 0.5, 7]]))
  }

  @Test func `is linear in each input`() {
    let key = RandomKey(seed: 1)
    func drawn(_ shape: Shape, _ number: UInt32) -> Tensor {
      key.derived(number).normal(shape, elementType: .float64)
    }
    let (x, y, z, kernel) = (
      drawn([4, 3], 1), drawn([4, 3], 2), drawn([4, 5], 3), drawn([2, 3, 5], 4)
    )
    expectClose(
      bilinear(2 * x + y, z, kernel), 2 * bilinear(x, z, kernel) + bilinear(y, z, kernel),
      relative: 1e-11, absolute: 1e-11)
    expectClose(
      bilinear(x, z, kernel), bilinear(z, x, kernel.transposed(permutation: [0, 2, 1])),
      relative: 1e-11, absolute: 1e-11)
  }

  @Test func `says what does not fit`() {
    let rule =
      "bilinear needs inputs [..., first] and [..., second] of equal other sizes and a kernel [outputs, first, second]"
    let (x, y, kernel) = (Tensor.ones([2, 3]), Tensor.ones([2, 4]), Tensor.ones([5, 3, 4]))
    expectError(
      bilinear(y, x, kernel), "\(rule), got inputs [2, 4] and [2, 3], kernel [5, 3, 4]")
    expectError(
      bilinear(x, y[0 ..< 1], kernel), "\(rule), got inputs [2, 3] and [1, 4], kernel [5, 3, 4]")
    expectError(bilinear(x, y, kernel[0]), "\(rule), got inputs [2, 3] and [2, 4], kernel [3, 4]")
    expectError(
      bilinear(x, y, kernel, Tensor.ones([4])), "bilinear needs a bias of shape [5], got [4]")
  }
}
