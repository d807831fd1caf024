import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct InstanceNormTests {
  let x = RandomKey(seed: 1).normal([3, 5, 2, 4], mean: 3)

  @Test func `is a group normalization with a group for each channel`() {
    expectClose(instanceNorm(x), groupNorm(x, groups: 4))
  }

  @Test func `known values`() {
    let x = Tensor([[[1.0, 10], [3, 30]], [[0, 5], [0, 5]]])
    let y = instanceNorm(x, scale: Tensor([2.0, 1]), offset: Tensor([0.0, 7]), epsilon: 0.1)
    let (low, high) = (1 / 1.1.squareRoot(), 10 / 100.1.squareRoot())
    expectClose(
      y, Tensor([[[-2 * low, 7 - high], [2 * low, 7 + high]], [[0, 7], [0, 7]]]),
      relative: 1e-12)
  }

  // Axon's running statistics keep the batch axis.
  @Test(arguments: [1, 2, 5]) func `statistics have a number for each channel`(batch: Int) {
    let x = RandomKey(seed: 2).normal([batch, 7, 4])
    let (output, mean, variance) = instanceNormTraining(x)
    expectClose(output, instanceNorm(x))
    #expect(mean.shape == [4] && variance.shape == [4])
    expectClose(mean, x.mean(alongAxes: [0, 1]))
    expectClose(variance, x.variance(alongAxes: [1]).mean(alongAxes: [0]))
  }

  @Test func `computes 16 bits in f32, and is finite for constant channels`() {
    let short = x.cast(to: .bfloat16)
    #expect(
      instanceNorm(short) == instanceNorm(short.cast(to: .float32)).cast(to: .bfloat16))
    let slope = gradient(at: Tensor.ones([1, 3, 2])) { (x: Tensor) in
      (instanceNorm(x) * Tensor([1, 2] as [Float])).sum()
    }
    #expect(isFinite(slope).all().scalar(as: Bool.self))
  }

  @Test func `says what does not fit`() {
    expectError(
      instanceNorm(Tensor.ones([2, 3])),
      """
      instanceNorm needs x [batch, spatial..., channels], got f32[2, 3]; layerNorm normalizes rows
      """)
    expectError(
      instanceNormTraining(x, scale: Tensor.ones([3])).mean,
      "instanceNorm needs a scale of shape [4], got [3] for x [3, 5, 2, 4] and axes [-1]")
    expectError(
      instanceNorm(Tensor.range(8).reshaped(to: [2, 2, 2])),
      """
      instanceNorm needs floating-point numbers and at least one axis, got i32[2, 2, 2] and axes \
      [-1]
      """)
  }
}
