import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct SeluTests {
  @Test func `keeps mean 0 and variance 1`() {
    let y = selu(RandomKey(seed: 3).normal([200_000], elementType: .float64))
    expectClose(y.mean(), Tensor(0.0), absolute: 0.01)
    expectClose(y.variance(), Tensor(1.0), absolute: 0.02)
  }

  @Test func `takes other constants`() {
    let x = Tensor([-2.0, 0, 3])
    expectClose(selu(x, alpha: 2, scale: 0.5), elu(x, alpha: 2) * 0.5, relative: 1e-15)
  }

  @Test func `has limits at the infinities`() {
    let x = Tensor([-Double.infinity, .infinity])
    expectClose(selu(x), Tensor([-1.7580993408473766, .infinity]), relative: 1e-15)
    expectClose(
      gradient(at: x) { selu($0).sum() }, Tensor([0, 1.0507009873554805]), relative: 1e-15)
  }
}
