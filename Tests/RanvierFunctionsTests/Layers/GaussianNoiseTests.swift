import RanvierCompilation
import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct GaussianNoiseTests {
  let key = RandomKey(seed: 7)

  @Test func `noise has mean 0 and its standard deviation`() {
    let x = Tensor(repeating: 3, shape: [100_000])
    let noise = gaussianNoise(x, standardDeviation: 0.5, key: key) - x
    // Five standard deviations of mean and variance.
    expectClose(noise.mean(), Tensor(Float(0)), absolute: 0.008)
    expectClose(noise.variance(), Tensor(Float(0.25)), relative: 0.023)
  }

  @Test(arguments: [0.2, 0.5]) func `factors have mean 1 and dropout's variance`(rate: Double) {
    let factors = gaussianDropout(Tensor.ones([100_000]), rate: rate, key: key)
    let variance = rate / (1 - rate)
    expectClose(
      factors.mean(), Tensor(Float(1)), relative: 0.016 * variance.squareRoot(), absolute: 0)
    expectClose(factors.variance(), Tensor(Float(variance)), relative: 0.023)
    let ordinary = dropout(Tensor.ones([100_000]), rate: rate, key: key)
    expectClose(ordinary.variance(), Tensor(Float(variance)), relative: 0.03)
  }

  @Test func `the same for the same key, compiled, too; derivatives pass`() throws {
    let (x, key) = (RandomKey(seed: 1).normal([5, 7]), key)
    for function in [
      { @Sendable (x: Tensor) in gaussianNoise(x, standardDeviation: 0.3, key: key) },
      { @Sendable (x: Tensor) in gaussianDropout(x, rate: 0.3, key: key) },
    ] {
      #expect(function(x) == function(x))
      try expectCompiledMatches(at: [x], "noise") { function($0[0]) }
      expectGradientsMatch(at: [x.cast(to: .float64)], "noise") { function($0[0]) }
    }
    #expect(
      gaussianNoise(x, standardDeviation: 1, key: key)
        != gaussianNoise(x, standardDeviation: 1, key: key.derived(1)))
    #expect(
      gradient(at: x) { gaussianNoise($0, standardDeviation: 2, key: key).sum() }
        == Tensor.ones([5, 7]))
  }

  @Test func `does nothing without noise, and keeps the type`() {
    let x = RandomKey(seed: 1).normal([5]).cast(to: .bfloat16)
    #expect(gaussianNoise(x, standardDeviation: 0, key: key) == x)
    #expect(gaussianDropout(x, rate: 0, key: key) == x)
    #expect(gaussianNoise(x, standardDeviation: 1, key: key).elementType == .bfloat16)
    #expect(gaussianDropout(x, rate: 0.5, key: key).elementType == .bfloat16)
  }

  @Test func `says what does not fit`() {
    let rule = """
      gaussianNoise needs floating-point numbers and a finite standard deviation that is not negative
      """
    for value in [-1, .infinity, .nan] {
      expectError(
        gaussianNoise(Tensor.ones([2]), standardDeviation: value, key: key),
        "\(rule), got f32[2] and \(value)")
    }
    expectError(
      gaussianDropout(Tensor.ones([2]), rate: 1, key: key),
      "gaussianDropout needs floating-point numbers and a rate in 0 ..< 1, got f32[2] and 1.0")
    expectError(
      gaussianDropout(Tensor.range(2), rate: 0.5, key: key),
      "gaussianDropout needs floating-point numbers and a rate in 0 ..< 1, got i32[2] and 0.5")
  }
}
