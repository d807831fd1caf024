import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct DropoutTests {
  let key = RandomKey(seed: 7)

  @Test(arguments: [0.1, 0.5, 0.9])
  func `drops at its rate and keeps the mean`(rate: Double) {
    let y = dropout(Tensor.ones([100_000]), rate: rate, key: key)
    let kept = notEqual(y, 0).cast(to: .float32)
    expectClose(kept.mean(), Tensor(Float(1 - rate)), relative: 0, absolute: 0.008)
    expectClose(y, kept / (1 - rate), relative: 1e-6)
  }

  @Test func `is the same for the same key, and passes gradients where it keeps`() {
    let x = Tensor.ones([50])
    let y = dropout(x, rate: 0.5, key: key)
    #expect(y == dropout(x, rate: 0.5, key: key))
    #expect(y != dropout(x, rate: 0.5, key: key.derived(1)))
    #expect(gradient(at: x) { dropout($0, rate: 0.5, key: key).sum() } == y)
  }

  @Test func `drops what is not finite`() {
    let x = Tensor([Float](repeating: .infinity, count: 64))
    let y = dropout(x, rate: 0.5, key: key).scalars()
    #expect(Set(y) == [0, .infinity])
  }

  @Test(arguments: [-0.1, 1, 1.5, .nan])
  func `needs a rate below 1`(rate: Double) {
    expectError(
      dropout(Tensor.ones([2]), rate: rate, key: key),
      "dropout needs a rate in 0 ..< 1, got \(rate) for shape [2]")
  }

  @Test func `does nothing at rate 0`() {
    #expect(dropout(Tensor([1.0, 2]), rate: 0, key: key) == Tensor([1.0, 2]))
  }

  @Test func `shared axes drop together`() {
    let y = dropout(Tensor.ones([40, 5, 30]), rate: 0.5, sharedAxes: [-2], key: key)
    #expect(y == y[.all, 0 ..< 1].broadcast(to: [40, 5, 30]))
    let kept = notEqual(y[.all, 0], 0).cast(to: .float32)
    // 1200 draws: five standard deviations are 0.072.
    expectClose(kept.mean(), Tensor(Float(0.5)), relative: 0, absolute: 0.072)
  }

  @Test func `mask value, scale and shift apply to all elements`() {
    let x = RandomKey(seed: 1).normal([200])
    let kept = notEqual(dropout(Tensor.ones([200]), rate: 0.5, key: key), 0)
    let y = dropout(x, rate: 0.5, maskValue: -3, scale: 2, shift: 0.5, key: key)
    expectClose(y, select(kept, x, -3) * 2 + 0.5)
    #expect(dropout(x, rate: 0, maskValue: -3, scale: 2, shift: 0.5, key: key) == x * 2 + 0.5)
    #expect(dropout(x, rate: 0, maskValue: -3, key: key) == x)
  }

  @Test func `whole channels are dropped, not positions`() {
    let y = spatialDropout(Tensor.ones([20, 5, 4, 30]), rate: 0.4, key: key)
    #expect(y == y[.all, 0 ..< 1, 0 ..< 1].broadcast(to: y.shape))
    let kept = notEqual(y[.all, 0, 0], 0).cast(to: .float32)
    // 600 draws: five standard deviations are 0.1.
    expectClose(kept.mean(), Tensor(Float(0.6)), relative: 0, absolute: 0.1)
    #expect(!kept.max(alongAxes: [1]).min().scalar(as: Float.self).isZero)
    // Some channel is dropped in one example and kept in another.
    #expect(kept.min().scalar(as: Float.self) == 0)
    expectClose(y.max(), Tensor(Float(1 / 0.6)))
  }

  @Test func `says what does not fit`() {
    let x = Tensor.ones([2, 3])
    expectError(
      dropout(x, rate: 0.5, sharedAxes: [2], key: key),
      "dropout needs an axis in -2 ..< 2, got [2] for shape [2, 3]")
    expectError(
      dropout(x, rate: 0.5, maskValue: .infinity, key: key),
      "dropout needs a finite mask value, scale and shift, got inf, 1.0 and 0.0")
    expectError(
      dropout(x, rate: 0.5, scale: .nan, key: key),
      "dropout needs a finite mask value, scale and shift, got 0.0, nan and 0.0")
    expectError(
      spatialDropout(Tensor.ones([2, 3, 1]), rate: 1, key: key),
      "spatialDropout needs a rate in 0 ..< 1, got 1.0 for shape [2, 3, 1]")
    expectError(
      spatialDropout(x, rate: 0.5, key: key),
      """
      spatialDropout needs an input [batch, 1 to 3 spatial axes, channels], got f32[2, 3]; reshape \
      rows into images first
      """)
  }
}
