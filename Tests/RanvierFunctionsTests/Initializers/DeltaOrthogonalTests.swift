import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct DeltaOrthogonalTests {
  @Test(arguments: [[3, 4, 4], [4, 3, 5], [2, 5, 3, 3], [1, 2, 3, 2, 6], [3, 7]] as [Shape])
  func `is orthogonal at the centre and 0 around it`(shape: Shape) {
    for gain in [1, 1.5] {
      let kernel = Initializer.deltaOrthogonal(gain: gain)(
        shape, key: RandomKey(seed: 2), elementType: .float64)
      let window = Array(shape.sizes.dropLast(2))
      let flat = kernel.reshaped(to: [window.reduce(1, *), shape[-2], shape[-1]])
      let center = window.reduce(0) { $0 * $1 + ($1 - 1) / 2 }
      let matrix = flat[center]
      expectClose(
        matmul(matrix, matrix.transposed()),
        Tensor.identity(shape[-2], elementType: .float64) * (gain * gain), absolute: 1e-14)
      // Nothing but the matrix has a length.
      expectClose(
        square(kernel).sum(), Tensor(gain * gain * Double(shape[-2])), relative: 1e-13)
    }
  }

  @Test func `convolutions keep the length of signals`() {
    let x = RandomKey(seed: 3).normal([2, 8, 4], elementType: .float64)
    let kernel = Initializer.deltaOrthogonal(
      [3, 4, 6], key: RandomKey(seed: 4), elementType: .float64)
    let y = convolution(x, kernel, padding: .same)
    expectClose(
      square(y).sum(alongAxes: [2]), square(x).sum(alongAxes: [2]), relative: 1e-12)
  }
}
