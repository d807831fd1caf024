import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct PermuteChannelsTests {
  @Test func `BGRA becomes RGBA`() {
    let x = Tensor([[3, 2, 1, 4], [30, 20, 10, 40]] as [[UInt8]])
    let y = permuteChannels(x, order: [2, 1, 0, 3])
    #expect(y == Tensor([[1, 2, 3, 4], [10, 20, 30, 40]] as [[UInt8]]))
    #expect(permuteChannels(y, order: [2, 1, 0, 3]) == x)
  }

  @Test func `says what does not fit`() {
    for order in [[0, 1], [0, 0, 1], [1, 2, 3]] {
      expectError(
        permuteChannels(Tensor.ones([2, 3]), order: order),
        "permuteChannels needs an order of all channels, each once, got \(order) for x [2, 3]")
    }
  }
}
