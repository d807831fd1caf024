import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Test func `truncated normal numbers end where they should`() {
  for limit in [0.5, 1, 3] {
    let initializer = Initializer.truncatedNormal(mean: -1, standardDeviation: 0.2, limit: limit)
    let values = initializer([100_000], key: RandomKey(seed: 8), elementType: .float64)
    let distance = abs(values + 1).max().scalar(as: Double.self)
    #expect(distance <= 0.2 * limit * (1 + 1e-12))
    // Of 100,000 numbers, the furthest is almost at the end.
    #expect(distance > 0.2 * limit * 0.95)
    // Five standard errors of the mean; the numbers spread less than the whole distribution.
    expectClose(
      values.mean(), Tensor(-1.0), relative: 0, absolute: 5 * 0.2 / 100_000.0.squareRoot())
  }
}
