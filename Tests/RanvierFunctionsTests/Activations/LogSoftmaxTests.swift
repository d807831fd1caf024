import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct LogSoftmaxTests {
  @Test func `is the logarithm of softmax`() {
    let x = Tensor([[0.3, -1, 0.6], [2, 0.1, -0.4]])
    for axis in [0, 1] {
      expectClose(
        logSoftmax(x, alongAxis: axis), log(softmax(x, alongAxis: axis)), relative: 1e-12)
    }
  }

  @Test func `stays exact where probabilities vanish`() {
    let x = Tensor([1e4, 0, -1e4] as [Float])
    #expect(logSoftmax(x) == Tensor([0, -1e4, -2e4] as [Float]))
    let slope = gradient(at: x) { logSoftmax($0)[2] }
    #expect(slope == Tensor([-1, 0, 1] as [Float]))
  }

  @Test func `is 0 for an infinite input`() {
    let x = Tensor([1.0, .infinity])
    #expect(logSoftmax(x) == Tensor([-Double.infinity, 0]))
    #expect(gradient(at: x) { logSoftmax($0)[0] } == Tensor([1.0, -1]))
  }

  @Test func `names itself in errors`() {
    expectError(
      logSoftmax(Tensor([1.0]), alongAxis: -2),
      "logSoftmax needs an axis in -1 ..< 1, got [-2] for shape [1]")
  }
}
