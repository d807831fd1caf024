import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct LogSigmoidTests {
  @Test func `is the logarithm of sigmoid, and exact where that vanishes`() {
    let x = Tensor([-3.0, -0.5, 0, 2])
    expectClose(logSigmoid(x), log(sigmoid(x)), relative: 1e-14)
    expectClose(logSigmoid(x), -softplus(-x), relative: 1e-15)
    expectClose(
      logSigmoid(Tensor([-1e4, 50] as [Float])), Tensor([-1e4, -1.9287498479639178e-22]),
      relative: 1e-6, absolute: 0)
  }

  @Test func `has right second derivatives at 0`() {
    let second = gradient(at: Tensor(0.0)) { gradient(at: $0) { logSigmoid($0) } }
    expectClose(second, Tensor(-0.25), relative: 1e-15)
  }
}
