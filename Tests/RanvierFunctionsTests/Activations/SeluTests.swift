import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Test func `selu keeps mean 0 and variance 1`() {
  let y = selu(RandomKey(seed: 3).normal([200_000], elementType: .float64))
  expectClose(y.mean(), Tensor(0.0), absolute: 0.01)
  expectClose(y.variance(), Tensor(1.0), absolute: 0.02)
}
