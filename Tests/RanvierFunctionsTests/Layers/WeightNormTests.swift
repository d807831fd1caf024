import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct WeightNormTests {
  @Test func `each output has its magnitude as norm, whatever the length of the direction`() {
    let direction = RandomKey(seed: 1).normal([3, 2, 5], elementType: .float64)
    let magnitude = Tensor([0.5, 1, 2, 3, 4])
    let kernel = weightNorm(direction, magnitude: magnitude)
    expectClose(kernel.norm(alongAxes: [0, 1]), magnitude, relative: 1e-12)
    expectClose(weightNorm(direction * 7, magnitude: magnitude), kernel, relative: 1e-12)
    let cotangent = RandomKey(seed: 2).normal([3, 2, 5], elementType: .float64)
    let slope = gradient(at: direction) {
      (weightNorm($0, magnitude: magnitude) * cotangent).sum()
    }
    // Along the direction itself nothing changes.
    expectClose(
      (slope * direction).sum(alongAxes: [0, 1]), Tensor.zeros([5], elementType: .float64),
      absolute: 1e-12)
  }

  @Test func `known values`() {
    expectClose(
      weightNorm(Tensor([[3.0, 0], [4, -2]]), magnitude: Tensor([10.0, 3])),
      Tensor([[6.0, 0], [8, -3]]), relative: 1e-12)
  }

  @Test func `a direction of zeros gives zeros and finite derivatives`() {
    let slopes = gradient(at: [Tensor.zeros([3, 2]), Tensor.ones([2])]) {
      weightNorm($0[0], magnitude: $0[1]).sum()
    }
    for slope in slopes { #expect(isFinite(slope).all().scalar(as: Bool.self)) }
    #expect(weightNorm(Tensor.zeros([3, 2]), magnitude: Tensor.ones([2])) == Tensor.zeros([3, 2]))
  }

  @Test func `says what does not fit`() {
    expectError(
      weightNorm(Tensor.ones([3, 2]), magnitude: Tensor.ones([3])),
      """
      weightNorm needs a magnitude of shape [2], got [3] for a direction [3, 2] and axis -1
      """)
    expectError(
      weightNorm(Tensor.ones([3, 2]), magnitude: Tensor.ones([2]), axis: 2),
      "weightNorm needs an axis in -2 ..< 2, got [2] for shape [3, 2]")
    expectError(
      weightNorm(Tensor.range(3), magnitude: Tensor.ones([3])),
      "weightNorm needs a kernel of floating-point numbers, got i32[3]")
  }
}
