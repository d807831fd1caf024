import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct SqueezeExcitationTests {
  @Test func `kernels of zeros halve everything`() {
    let x = RandomKey(seed: 1).normal([2, 3, 4, 6])
    let y = squeezeExcitation(
      x, squeezeKernel: Tensor.zeros([6, 2]), exciteKernel: Tensor.zeros([2, 6]))
    #expect(y == x / 2)
  }

  @Test func `activation and gate may be others`() {
    let x = RandomKey(seed: 1).normal([2, 5, 3])
    let (first, second) = (RandomKey(seed: 2).normal([3, 2]), RandomKey(seed: 3).normal([2, 3]))
    let y = squeezeExcitation(
      x, squeezeKernel: first, exciteKernel: second, activation: .silu, gate: .hardSigmoid)
    let weights = hardSigmoid(matmul(silu(matmul(x.mean(alongAxes: [1]), first)), second))
    expectClose(y, x * weights.expandedDimension(at: 1))
  }

  @Test func `says what does not fit`() {
    let x = Tensor.ones([2, 5, 3])
    expectError(
      squeezeExcitation(x, squeezeKernel: Tensor.ones([3, 2]), exciteKernel: Tensor.ones([3, 2])),
      """
      squeezeExcitation needs x [batch, spatial..., channels], kernels [channels, units] and \
      [units, channels], got x [2, 5, 3], kernels [3, 2] and [3, 2]
      """)
    expectError(
      squeezeExcitation(
        x, squeezeKernel: Tensor.ones([3, 2]), squeezeBias: Tensor.ones([3]),
        exciteKernel: Tensor.ones([2, 3])),
      "squeezeExcitation needs a bias of shape [2], got [3]")
  }
}
