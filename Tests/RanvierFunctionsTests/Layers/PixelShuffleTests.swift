import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct PixelShuffleTests {
  @Test func `lays channels out as positions`() {
    let x = Tensor((0 ..< 8).map(Double.init), shape: [1, 1, 1, 8])
    #expect(
      pixelShuffle(x, factor: 2) == Tensor([0.0, 4, 1, 5, 2, 6, 3, 7], shape: [1, 2, 2, 2]))
  }

  @Test(arguments: 1 ... 3) func `is undone`(axes: Int) {
    let sizes = [4, 6, 2].prefix(axes)
    let x = RandomKey(seed: 1).normal(Shape([2] + sizes + [3]))
    let packed = pixelUnshuffle(x, factor: 2)
    #expect(packed.shape == Shape([2] + sizes.map { $0 / 2 } + [3 << axes]))
    #expect(pixelShuffle(packed, factor: 2) == x)
  }

  @Test func `says what does not fit`() {
    let x = Tensor.ones([1, 3, 2, 6])
    expectError(
      pixelShuffle(x, factor: 2),
      "pixelShuffle needs channels that factor^axes = 4 divides, got f32[1, 3, 2, 6]")
    expectError(
      pixelUnshuffle(x, factor: 2),
      "pixelUnshuffle needs spatial sizes that the factor 2 divides, got f32[1, 3, 2, 6]")
    expectError(pixelShuffle(x, factor: 0), "pixelShuffle needs a factor of 1 to 65536, got 0")
    expectError(
      pixelUnshuffle(x, factor: -1), "pixelUnshuffle needs a factor of 1 to 65536, got -1")
    #expect(pixelShuffle(Tensor.ones([4]), factor: 2).error?.operation == "pixelShuffle")
  }
}
