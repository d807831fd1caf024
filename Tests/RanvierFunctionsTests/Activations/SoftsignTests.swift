import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Test func `softsign approaches 1 slowly, and keeps small elements`() {
  let x = Tensor([-3, 1e-30, 0.25, 1e30] as [Float])
  expectClose(softsign(x), Tensor([-0.75, 1e-30, 0.2, 1] as [Float]), relative: 2e-7, absolute: 0)
  expectClose(
    gradient(at: x) { softsign($0).sum() }, Tensor([0.0625, 1, 0.64, 0] as [Float]),
    relative: 2e-7, absolute: 0)
}
