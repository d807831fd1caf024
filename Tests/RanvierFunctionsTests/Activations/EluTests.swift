import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Test func `elu saturates, and its derivative is alpha at 0`() {
  let x = Tensor([-1e4, -100, 0, 100, 1e4] as [Float])
  expectClose(elu(x, alpha: 2), Tensor([-2, -2, 0, 100, 1e4] as [Float]))
  #expect(gradient(at: x) { elu($0, alpha: 2).sum() } == Tensor([0, 0, 2, 1, 1] as [Float]))
}
