import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Test func `silu vanishes on the left and is the identity on the right`() {
  let x = Tensor([-1e4, -100, 0, 100, 1e4] as [Float])
  expectClose(silu(x), Tensor([0, 0, 0, 100, 1e4] as [Float]), absolute: 1e-30)
  expectClose(
    gradient(at: x) { silu($0).sum() }, Tensor([0, 0, 0.5, 1, 1] as [Float]), absolute: 1e-30)
}
