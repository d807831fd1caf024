import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Test func `gelu is the exact form`() {
  // The tanh approximation gives 0.8411920 and -0.1588080 at ±1.
  let x = Tensor([-1e4, -1, 0, 1, 1e4] as [Float])
  expectClose(gelu(x), Tensor([0, -0.15865526, 0, 0.8413447, 1e4] as [Float]), absolute: 1e-7)
  expectClose(
    gradient(at: x) { gelu($0).sum() },
    Tensor([0, -0.08331547, 0.5, 1.0833155, 1] as [Float]), absolute: 1e-6)
}
