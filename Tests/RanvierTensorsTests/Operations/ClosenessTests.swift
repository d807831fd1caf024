import RanvierTensors
import TestSupport
import Testing

@Suite struct ClosenessTests {
  @Test func `tolerances are relative to the second operand and absolute`() {
    let x = Tensor([1.0, 1.1, 0, -2])
    #expect(
      nearlyEqual(x, Tensor([1.05, 1.0, 1e-9, -2.001]), relative: 0.06, absolute: 1e-8)
        == Tensor([true, false, true, true]))
    #expect(nearlyEqual(x, 1, relative: 0, absolute: 0) == Tensor([true, false, false, false]))
    #expect(nearlyEqual(Tensor([[1.0], [2]]), Tensor([1.0, 2])).shape == [2, 2])
    #expect(nearlyEqual(Tensor([1.0, 2]), Tensor([1.0, 2, 3])).error != nil)
  }

  @Test func `infinities must be equal, and not-a-number never is`() {
    let infinity = Double.infinity
    let x = Tensor([infinity, infinity, infinity, 1, -infinity, .nan, .nan])
    let y = Tensor([infinity, -infinity, 1, infinity, -infinity, .nan, 1])
    #expect(
      nearlyEqual(x, y) == Tensor([true, false, false, false, true, false, false]))
    #expect(isClose(x[0], y[0]) && !isClose(x[3], y[3]) && !isClose(x[5], y[5]))
  }

  @Test func `integers and mixed types are compared as numbers`() {
    #expect(
      nearlyEqual(Tensor([UInt8(0), 255]), Tensor([UInt8(255), 255])) == Tensor([false, true]))
    #expect(nearlyEqual(Tensor([1000]), Tensor([1001]), relative: 1e-2) == Tensor([true]))
    #expect(nearlyEqual(Tensor([true]), Tensor([1])) == Tensor([true]))
    #expect(isClose(Tensor([Float(0.1)]), Tensor([0.1])))
  }

  @Test func `tensors of different shapes and invalid ones are not close`() {
    #expect(isClose(Tensor([1.0, 2]), Tensor([1.0, 2 + 1e-9])))
    #expect(!isClose(Tensor([1.0]), Tensor([1.0, 1])))
    #expect(!isClose(Tensor([1.0]), Tensor(1.0)))
    let wrong = Tensor([1.0]).reshaped(to: [3])
    #expect(!isClose(wrong, wrong))
    #expect(isClose(Tensor.zeros([0]), Tensor.zeros([0])))
  }
}
