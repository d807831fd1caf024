import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct SoftplusTests {
  @Test func `keeps small results and does not overflow`() {
    let x = Tensor([-1e4, -50, 0, 50, 1e4] as [Float])
    expectClose(
      softplus(x), Tensor([0, 1.9287499e-22, 0.6931472, 50, 1e4] as [Float]), relative: 1e-6,
      absolute: 1e-30)
    let slope = gradient(at: x) { softplus($0).sum() }
    expectClose(
      slope, Tensor([0, 1.9287499e-22, 0.5, 1, 1] as [Float]), relative: 1e-6, absolute: 1e-30)
  }

  @Test func `has right second derivatives at 0`() {
    let second = gradient(at: Tensor(0.0)) { gradient(at: $0) { softplus($0) } }
    expectClose(second, Tensor(0.25), relative: 1e-15)
  }
}
