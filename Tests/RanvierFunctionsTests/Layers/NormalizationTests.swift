import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct NormalizationTests {
  let x = RandomKey(seed: 3).normal([3, 4, 2, 6], mean: 2, elementType: .float64)
  let scale = RandomKey(seed: 4).normal([6], elementType: .float64)
  let offset = RandomKey(seed: 5).normal([6], elementType: .float64)

  @Test func `axes choose batch, instance, group and layer normalization`() {
    func chosen(_ axes: [Int], groups: Int = 1) -> Tensor {
      normalization(x, alongAxes: axes, groups: groups, scale: scale, offset: offset)
    }
    func close(_ first: Tensor, _ second: Tensor, _ comment: String) {
      expectClose(first, second, relative: 1e-12, absolute: 1e-12, comment)
    }
    close(
      chosen([0, 1, 2]), batchNormTraining(x, scale: scale, offset: offset).output, "batch")
    close(chosen([2, 1]), instanceNorm(x, scale: scale, offset: offset), "instance")
    close(
      chosen([1, 2, 3], groups: 3), groupNorm(x, groups: 3, scale: scale, offset: offset), "group")
    close(chosen([-1]), layerNorm(x, scale: scale, offset: offset), "layer")
    close(
      normalization(x, alongAxes: [1, 2, 3]), layerNorm(x, axes: [1, 2, 3]), "layer of all")
  }

  @Test func `the result has a mean of 0 and a variance of 1 along the axes`() {
    for axes in [[0], [1, 3], [0, 2, -1]] {
      let y = normalization(x, alongAxes: axes, epsilon: 0)
      expectClose(y.mean(alongAxes: axes), 0 * y.mean(alongAxes: axes), absolute: 1e-12)
      let variance = y.variance(alongAxes: axes)
      expectClose(
        variance, Tensor.ones(variance.shape, elementType: .float64), relative: 1e-12)
    }
  }

  @Test func `computes 16 bits in f32`() {
    let short = (x * 40 + 900).cast(to: .float16)
    let y = normalization(short, alongAxes: [1])
    #expect(y.elementType == .float16)
    #expect(y == normalization(short.cast(to: .float32), alongAxes: [1]).cast(to: .float16))
  }

  @Test func `says what does not fit`() {
    let x = Tensor.ones([2, 3, 4])
    expectError(
      normalization(x, alongAxes: []),
      """
      normalization needs floating-point numbers and at least one axis, got f32[2, 3, 4] and axes []
      """)
    expectError(
      normalization(Tensor.range(3), alongAxes: [0]),
      "normalization needs floating-point numbers and at least one axis, got i32[3] and axes [0]")
    expectError(
      normalization(x, alongAxes: [3]),
      "normalization needs an axis in -3 ..< 3, got [3] for shape [2, 3, 4]")
    for (axes, groups) in [([1, 2], 3), ([1], 2), ([1, 2], 0)] {
      expectError(
        normalization(x, alongAxes: axes, groups: groups),
        """
        normalization needs a number of groups that divides the last axis, which is among the \
        axes, got \(groups) groups of x [2, 3, 4] and axes \(axes)
        """)
    }
    expectError(
      normalization(x, alongAxes: [1], scale: Tensor.ones([3])),
      "normalization needs a scale that broadcasts to x, got [3] for x [2, 3, 4]")
    expectError(
      normalization(x, alongAxes: [1], offset: Tensor.ones([2, 2, 3, 4])),
      "normalization needs an offset that broadcasts to x, got [2, 2, 3, 4] for x [2, 3, 4]")
  }
}
