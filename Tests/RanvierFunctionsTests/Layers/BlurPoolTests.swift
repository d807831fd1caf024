import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct BlurPoolTests {
  @Test func `blurs every channel of 3 x 3 positions as Axon does one`() {
    let channel = Tensor((0 ..< 9).map(Double.init), shape: [1, 3, 3, 1])
    let expected = Tensor([0.75, 1.5, 1.5, 2.5, 4, 3.5, 3, 4.5, 3.75], shape: [1, 3, 3, 1])
    let x = Tensor(concatenating: [channel, channel * 2, -channel], alongAxis: 3)
    expectClose(
      blurPool(x, strides: [1], mode: .constant(0)),
      Tensor(concatenating: [expected, expected * 2, -expected], alongAxis: 3), relative: 1e-15)
  }

  @Test func `keeps constants, and halves axes`() {
    for axes in 1 ... 3 {
      let x = Tensor.ones(Shape([2] + [Int](repeating: 7, count: axes) + [3]))
      for size in 1 ... 5 {
        let y = blurPool(x, filterSize: size)
        #expect(y.shape == Shape([2] + [Int](repeating: 4, count: axes) + [3]))
        expectClose(y, Tensor.ones(y.shape), relative: 1e-6)
      }
    }
  }

  @Test func `says what does not fit`() {
    let x = Tensor.ones([1, 3, 2])
    expectError(
      blurPool(x, filterSize: 0),
      "blurPool needs floating-point numbers and a filter of 1 to 64 taps, got f32[1, 3, 2], 0 taps"
    )
    #expect(blurPool(x.cast(to: .int32)).error?.rule.hasPrefix("floating-point numbers") == true)
    expectError(
      blurPool(x, filterSize: 8),
      """
      blurPool needs a border (before, after) for each axis, none negative or beyond what reflect \
      has, got borders [(0, 0), (3, 4), (0, 0)] for shape [1, 3, 2]
      """)
    #expect(blurPool(x, strides: [0]).error?.operation == "blurPool")
    #expect(blurPool(Tensor.ones([3])).error?.operation == "blurPool")
  }
}
