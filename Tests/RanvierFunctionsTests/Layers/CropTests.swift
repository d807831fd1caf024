import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct CropTests {
  let x = Tensor.range(70, elementType: .float32).reshaped(to: [1, 7, 5, 2])

  @Test func `from the middle, one less before than behind`() {
    #expect(crop(x, to: [4, 2]) == x[.all, 1 ..< 5, 1 ..< 3])
    #expect(crop(x, to: [7, 5]) == x)
  }

  @Test func `from a place`() {
    #expect(crop(x, to: [2, 5], at: [5, 0]) == x[.all, 5 ..< 7])
  }

  @Test func `says what does not fit`() {
    let rule = "crop needs a part within the spatial axes, with a size for each of them"
    expectError(crop(x, to: [8, 1]), "\(rule), got size [8, 1] of x [1, 7, 5, 2]")
    expectError(crop(x, to: [2]), "\(rule), got size [2] of x [1, 7, 5, 2]")
    expectError(crop(x, to: [0, 1]), "\(rule), got size [0, 1] of x [1, 7, 5, 2]")
    expectError(
      crop(x, to: [2, 2], at: [6, 0]), "\(rule), got size [2, 2] at [6, 0] of x [1, 7, 5, 2]")
    expectError(
      crop(x, to: [2, 2], at: [.max, 0]),
      "\(rule), got size [2, 2] at [9223372036854775807, 0] of x [1, 7, 5, 2]")
    expectError(
      crop(Tensor.ones([2, 3]), to: [1]),
      """
      crop needs an input [batch, 1 to 3 spatial axes, channels], got f32[2, 3]; reshape rows into \
      images first
      """)
  }
}
