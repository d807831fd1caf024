import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct AlphaDropoutTests {
  let key = RandomKey(seed: 7)

  /// Axon's formula gives a variance of 0.84 at a rate of 0.5.
  @Test(arguments: [0.05, 0.5, 0.8])
  func `keeps mean 0 and variance 1`(rate: Double) {
    let x = RandomKey(seed: 1).normal([200_000])
    let y = alphaDropout(x, rate: rate, key: key)
    // The standard deviations are about 0.0022 and 0.005.
    expectClose(y.mean(), Tensor(Float(0)), absolute: 0.012)
    expectClose(y.variance(), Tensor(Float(1)), relative: 0.025)
  }

  @Test func `channels are dropped as a whole`() {
    let y = featureAlphaDropout(Tensor.zeros([20, 5, 30]), rate: 0.5, key: key)
    #expect(y == y[.all, 0 ..< 1].broadcast(to: y.shape))
    let limit = 1.7580993408473766
    let a = 1 / (0.5 * (1 + 0.5 * limit * limit)).squareRoot()
    let values = Set(y.scalars(as: Float.self)).sorted()
    #expect(values.count == 2)
    let (far, kept): (Double, Double) = (a * (0.5 * limit - limit), a * 0.5 * limit)
    expectClose(Tensor(values), Tensor([far, kept]))
  }

  @Test func `the same for the same key, nothing at rate 0`() {
    let x = RandomKey(seed: 1).normal([4, 3, 50])
    #expect(alphaDropout(x, rate: 0.5, key: key) == alphaDropout(x, rate: 0.5, key: key))
    #expect(
      alphaDropout(x, rate: 0.5, key: key) != alphaDropout(x, rate: 0.5, key: key.derived(1)))
    #expect(alphaDropout(x, rate: 0, key: key) == x)
    #expect(featureAlphaDropout(x, rate: 0, key: key) == x)
  }

  @Test func `says what does not fit`() {
    expectError(
      alphaDropout(Tensor.ones([2]), rate: 1, key: key),
      "alphaDropout needs a rate in 0 ..< 1, got 1.0 for shape [2]")
    expectError(
      featureAlphaDropout(Tensor.ones([2, 3, 1]), rate: -1, key: key),
      "featureAlphaDropout needs a rate in 0 ..< 1, got -1.0 for shape [2, 3, 1]")
    expectError(
      featureAlphaDropout(Tensor.ones([2, 3]), rate: 0.5, key: key),
      """
      featureAlphaDropout needs an input [batch, 1 to 3 spatial axes, channels], got f32[2, 3]; \
      reshape rows into images first
      """)
  }
}
