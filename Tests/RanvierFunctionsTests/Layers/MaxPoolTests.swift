import RanvierFunctions
import RanvierTensors
import Testing

@Suite struct MaxPoolTests {
  @Test func `does not let windows overlap by default`() {
    let x = Tensor((0 ..< 8).map(Double.init), shape: [1, 8, 1])
    #expect(maxPool(x, windowSize: [2]).flattened() == Tensor([1.0, 3, 5, 7]))
    #expect(maxPool(x, windowSize: [3]).flattened() == Tensor([2.0, 5]))
  }

  @Test func `never chooses padding`() {
    let x = Tensor([-5.0, -7], shape: [1, 2, 1])
    #expect(
      maxPool(x, windowSize: [3], strides: [1], padding: .same).flattened() == Tensor([-5.0, -5]))
  }

  @Test func `pools integers`() {
    let x = Tensor([1, 9, 3, 4], shape: [1, 4, 1])
    #expect(maxPool(x, windowSize: [2]).flattened() == Tensor([9, 4]))
  }

  @Test func `says what does not fit`() {
    expectError(
      maxPool(Tensor.ones([2, 3]), windowSize: [2]),
      """
      maxPool needs an input [batch, 1 to 3 spatial axes, channels], got f32[2, 3]; \
      reshape rows into images first
      """)
    #expect(maxPool(Tensor.ones([1, 3, 3, 1]), windowSize: [4]).error?.operation == "maxPool")
    #expect(maxPool(Tensor.ones([1, 3, 3, 1]), windowSize: []).error?.operation == "maxPool")
  }
}
