import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct BlockDropoutTests {
  let key = RandomKey(seed: 7)

  @Test func `drops about its rate, in blocks, and keeps the sum`() {
    let x = Tensor.ones([50, 12, 12, 16])
    let y = blockDropout(x, rate: 0.1, blockSize: 3, key: key)
    expectClose(y.sum(), x.sum(), relative: 1e-4)
    let dropped = equal(y, 0).cast(to: .float32)
    // Overlaps take a little from the rate; the standard deviation is below 0.003.
    let share = dropped.mean().scalar(as: Double.self)
    #expect(share > 0.08 && share < 0.105, "\(share)")
    // Each dropped position lies in a 3 x 3 block that is dropped: opening changes nothing.
    let eroded = -maxPool(-dropped, windowSize: [3], strides: [1])
    let opened = maxPool(eroded, windowSize: [3], strides: [1], padding: .explicit(2))
    #expect(opened == dropped)
  }

  @Test func `blocks of 1 are a dropout of elements`() {
    let y = blockDropout(Tensor.ones([20, 30, 20]), rate: 0.3, blockSize: 1, key: key)
    let kept = notEqual(y, 0).cast(to: .float32)
    // Five standard deviations are 0.021.
    expectClose(kept.mean(), Tensor(Float(0.7)), relative: 0, absolute: 0.021)
  }

  @Test func `the same for the same key, nothing at rate 0, drops infinities`() {
    let x = RandomKey(seed: 1).normal([2, 9, 9, 3])
    let y = blockDropout(x, rate: 0.4, blockSize: 3, key: key)
    #expect(y == blockDropout(x, rate: 0.4, blockSize: 3, key: key))
    #expect(y != blockDropout(x, rate: 0.4, blockSize: 3, key: key.derived(1)))
    #expect(blockDropout(x, rate: 0, blockSize: 3, key: key) == x)
    let far = Tensor(repeating: .infinity, shape: [2, 9, 9, 3])
    let values = Set(blockDropout(far, rate: 0.4, blockSize: 3, key: key).scalars())
    #expect(values == [0, .infinity])
    // A block over everything drops all or nothing, without a quotient of 0.
    for seed in 0 ..< 8 {
      let all = blockDropout(
        Tensor.ones([1, 3, 1]), rate: 0.9, blockSize: 3, key: RandomKey(seed: UInt64(seed)))
      #expect(all == Tensor.zeros([1, 3, 1]) || all == Tensor.ones([1, 3, 1]))
    }
  }

  @Test func `says what does not fit`() {
    let x = Tensor.ones([2, 5, 3, 1])
    let rule =
      "blockDropout needs a rate in 0 ..< 1 and a positive block size within the spatial sizes"
    for (rate, size) in [(1.0, 3), (0.5, 4), (0.5, 0)] {
      expectError(
        blockDropout(x, rate: rate, blockSize: size, key: key),
        "\(rule), got \(rate) and \(size) for shape [2, 5, 3, 1]")
    }
    expectError(
      blockDropout(Tensor.ones([2, 3]), rate: 0.5, key: key),
      """
      blockDropout needs an input [batch, 1 to 3 spatial axes, channels], got f32[2, 3]; reshape \
      rows into images first
      """)
  }
}
