import RanvierTensors
import TestSupport
import Testing

@Suite struct InterpolationTests {
  let points = Tensor([0.0, 1, 3])
  let values = Tensor([10.0, 20, 0])

  @Test func `values lie on the lines between points`() {
    let x = Tensor([[-1.0, 0, 0.25], [1, 2, 3], [4, .infinity, -.infinity]])
    #expect(
      interpolate(at: x, points: points, values: values)
        == Tensor([[10, 10, 12.5], [20, 10, 0], [0, 0, 10.0]]))
    #expect(interpolate(at: Tensor([Double.nan]), points: points, values: values).scalar().isNaN)
    #expect(
      interpolate(at: Tensor([1.0, 5]), points: Tensor([2.0]), values: Tensor([7.0]))
        == Tensor([7.0, 7]))
    let steps = interpolate(
      at: Tensor([0.5, 1, 1.5, 2]), points: Tensor([0.0, 1, 1, 2, 2]),
      values: Tensor([0.0, 1, 3, 4, 9]))
    #expect(steps == Tensor([0.5, 3, 3.5, 9]))
    #expect(
      interpolate(at: Tensor([1]), points: Tensor([0, 2]), values: Tensor([0, 3]))
        == Tensor([Float(1.5)]))
  }

  @Test(.tags(.gradient)) func `all three have derivatives`() {
    let x = Tensor([-1.0, 0.25, 2, 2.5, 4])
    expectGradientsMatch(at: [x, points, values], "interpolation") { p in
      interpolate(at: p[0], points: p[1], values: p[2] * p[2])
    }
  }

  @Test func `points and values must fit`() {
    for (points, values) in [
      (points, Tensor([1.0])), (Tensor([[1.0]]), Tensor([[1.0]])),
      (Tensor([Double]()), Tensor([Double]())),
    ] {
      let wrong = interpolate(at: Tensor([1.0]), points: points, values: values)
      #expect(wrong.error?.operation == "interpolate(at:points:values:)")
    }
  }
}
