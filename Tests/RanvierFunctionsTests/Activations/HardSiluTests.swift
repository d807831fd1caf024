import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Test func `hard silu is a parabola between 0 and the identity`() {
  let x = Tensor([-4.0, -3, -1.5, 0, 1.5, 3, 4])
  expectClose(hardSilu(x), Tensor([0, 0, -0.375, 0, 1.125, 3, 4]), relative: 1e-15)
  expectClose(
    gradient(at: x) { hardSilu($0).sum() }, Tensor([0, 0, 0, 0.5, 1, 1, 1]), relative: 1e-15,
    absolute: 1e-15)
  // Axon's constants: 0.2 x + 0.2 is 0 at -1 and 1 at 4.
  expectClose(
    hardSilu(Tensor([-2.0, -1, 1, 4, 5]), alpha: 0.2, beta: 0.2), Tensor([0, 0, 0.4, 4, 5]),
    relative: 1e-15)
}
