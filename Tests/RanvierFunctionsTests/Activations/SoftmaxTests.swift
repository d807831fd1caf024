import RanvierFunctions
import RanvierTensors
import TestSupport
import Testing

@Suite struct SoftmaxTests {
  @Test func `gives the probabilities of exponentials`() {
    let x = Tensor([[0.0, 1, 2], [-1, -1, -1]])
    let expected = Tensor([
      [0.09003057317, 0.24472847105, 0.66524095578], [1 / 3.0, 1 / 3.0, 1 / 3.0],
    ])
    expectClose(softmax(x), expected, relative: 1e-9)
  }

  @Test func `works along any axis`() {
    let x = Tensor([[0.0, 1, 2], [4, -1, 3]])
    for axis in [0, -2] {
      expectClose(
        softmax(x, alongAxis: axis), softmax(x.transposed()).transposed(), relative: 1e-12)
    }
    expectClose(softmax(x, alongAxis: 0).sum(alongAxes: [0]), Tensor.ones([3]))
  }

  @Test func `does not change when all inputs are shifted`() {
    let x = Tensor([[1.0, 2, 4]])
    expectClose(softmax(x + 1e3), softmax(x), relative: 1e-10)
    #expect(softmax(Tensor([1e4, 0, -1e4] as [Float])) == Tensor([1, 0, 0] as [Float]))
  }

  @Test func `gives masked inputs no probability`() {
    let masked = Tensor([0, -Float.infinity, 0])
    #expect(softmax(masked) == Tensor([0.5, 0, 0.5] as [Float]))
    let slope = gradient(at: masked) { softmax($0)[0] }
    expectClose(slope, Tensor([0.25, 0, -0.25] as [Float]))
  }

  @Test(arguments: [ElementType.float16, .bfloat16])
  func `rounds once`(type: ElementType) {
    let x = RandomKey(seed: 9).normal([20, 30], standardDeviation: 3).cast(to: type)
    let wide = x.cast(to: .float64)
    // Half of the distance between numbers of the type, and a little for sums in f32.
    let half = type == .float16 ? 0x1p-11 : 0x1p-8
    let tiny = type == .float16 ? 0x1p-24 : 0
    for function in [{ softmax($0) }, { logSoftmax($0) }, { softmin($0) }]
      as [@Sendable (Tensor) -> Tensor]
    {
      expectClose(function(x), function(wide), relative: half * 1.01, absolute: tiny)
    }
  }

  @Test func `gives infinite inputs everything`() {
    let x = Tensor([[1, .infinity, -.infinity], [-Double.infinity, -.infinity, -.infinity]])
    expectClose(softmax(x), Tensor([[0, 1, 0], [1 / 3.0, 1 / 3.0, 1 / 3.0]]), relative: 1e-15)
    let slope = gradient(at: x) { (softmax($0) * Tensor([1.0, 2, 4])).sum() }
    #expect(slope[0] == Tensor([0.0, 0, 0]))
    let unknown = softmax(Tensor([0, Double.nan]))
    #expect(isNaN(unknown).all().scalar(as: Bool.self))
  }

  @Test(.tags(.gradient)) func `has the derivatives of finite differences along each axis`() {
    let x = Tensor([0.3, -1, 0.6, 2, 0.1, -0.4], shape: [2, 3])
    for axis in [0, 1] {
      expectGradientsMatch(at: [x], "axis \(axis)") { softmax($0[0], alongAxis: axis) }
    }
  }

  @Test func `names itself in errors`() {
    expectError(
      softmax(Tensor([1.0]), alongAxis: 2),
      "softmax needs an axis in -1 ..< 1, got [2] for shape [1]")
    expectError(
      softmax(Tensor(1.0)), "softmax needs at least one axis, got [-1] for shape []")
  }
}
