import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct EluTests {
  @Test func `saturates, and its derivative is alpha at 0`() {
    let x = Tensor([-1e4, 0, 100, 1e4] as [Float])
    expectClose(elu(x, alpha: 2), Tensor([-2, 0, 100, 1e4] as [Float]))
    #expect(gradient(at: x) { elu($0, alpha: 2).sum() } == Tensor([0, 2, 1, 1] as [Float]))
  }

  @Test func `keeps the digits of small derivatives`() {
    // The value plus 1 would be 0.
    let x = Tensor([-20, -50] as [Float])
    expectClose(
      gradient(at: x) { elu($0).sum() }, Tensor([2.0611536224385578e-9, 1.9287498479639178e-22]),
      relative: 1e-6, absolute: 0)
  }
}
