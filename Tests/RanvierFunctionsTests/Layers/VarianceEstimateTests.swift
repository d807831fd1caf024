import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct VarianceEstimateTests {
  @Test func `unbiased divides by one less`() {
    let x = Tensor([1.0, 2, 4, 9])
    expectClose(
      VarianceEstimate.unbiased.estimate(from: x.variance(), of: 4), x.variance(correction: 1),
      relative: 1e-12)
    #expect(VarianceEstimate.biased.estimate(from: x.variance(), of: 4) == x.variance())
  }

  @Test func `a single element keeps its variance of 0`() {
    #expect(VarianceEstimate.unbiased.estimate(from: Tensor(0.0), of: 1) == Tensor(0.0))
  }
}
