import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct UpSampleTests {
  @Test func `repeats elements of any type`() {
    let x = Tensor([1, 2, 3, 4], shape: [1, 2, 2, 1])
    #expect(
      upSample(x, factors: [1, 2]) == Tensor([1, 1, 2, 2, 3, 3, 4, 4], shape: [1, 2, 4, 1]))
    #expect(upSample(x) == resize(x, to: [4]))
    #expect(
      upSample(Tensor([true, false], shape: [1, 2, 1])).flattened()
        == Tensor([true, true, false, false]))
    #expect(upSample(Tensor.ones([2, 0, 3]), factors: [3]).error != nil)
  }

  @Test(arguments: ResizeMethod.allCases)
  func `equals resizing`(method: ResizeMethod) {
    let x = RandomKey(seed: 1).normal([2, 4, 3, 5])
    expectClose(
      upSample(x, factors: [2, 3], method: method), resize(x, to: [8, 9], method: method),
      relative: 1e-6, absolute: 1e-6)
  }

  @Test func `says what does not fit`() {
    let x = Tensor.ones([1, 2, 3, 1])
    let rule =
      "upSample needs a positive factor for each of the 2 spatial axes or one for all, got "
    expectError(upSample(x, factors: [0]), rule + "[0] for spatial sizes [2, 3]")
    expectError(upSample(x, factors: [1, 2, 3]), rule + "[1, 2, 3] for spatial sizes [2, 3]")
    expectError(upSample(x, factors: [.max]), rule + "[\(Int.max)] for spatial sizes [2, 3]")
    #expect(upSample(Tensor.ones([2])).error?.operation == "upSample")
  }
}
