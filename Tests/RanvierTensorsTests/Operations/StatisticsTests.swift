import RanvierTensors
import TestSupport
import Testing

@Suite struct StatisticsTests {
  let x = Tensor([[1.0, 2, 6], [4, 5, 9]])

  @Test func `means and variances along axes`() {
    #expect(x.mean() == Tensor(4.5))
    #expect(x.mean(alongAxes: [0]) == Tensor([2.5, 3.5, 7.5]))
    #expect(x.mean(alongAxes: [-1], keepingAxes: true) == Tensor([[3.0], [6.0]]))
    expectClose(x.variance(alongAxes: [1]), Tensor([14.0 / 3, 14.0 / 3]), relative: 1e-14)
    expectClose(x.variance(alongAxes: [1], correction: 1), Tensor([7.0, 7]), relative: 1e-14)
    expectClose(
      x.standardDeviation(alongAxes: [0, 1]), Tensor((41.5 / 6).squareRoot()), relative: 1e-14)
    #expect(x.sum(alongAxes: []) == x)
  }

  @Test func `means of integers are fractions, of nothing not a number`() {
    #expect(Tensor([1, 2]).mean() == Tensor(Float(1.5)))
    #expect(Tensor([true, false, true, true]).mean() == Tensor(Float(0.75)))
    #expect(Tensor([true, true, false]).sum() == Tensor(Int32(2)))
    #expect(Tensor.zeros([0]).mean().scalar().isNaN)
    #expect(Tensor.zeros([2, 0]).mean(alongAxes: [0]).shape == [0])
    expectClose(Tensor([1, 2, 3]).variance(), Tensor(Float(2.0 / 3)))
  }

  @Test(arguments: [ElementType.float16, .bfloat16])
  func `means of 16-bit numbers do not overflow`(_ type: ElementType) {
    let many = Tensor(repeating: 60000, shape: [100], elementType: type)
    #expect(many.mean().elementType == type)
    #expect(many.mean() == many[0])
    #expect(many.variance().scalar() == 0)
  }

  @Test func `sums are cascaded`() {
    let ones = Tensor.ones([1 << 24])
    #expect(ones.sum().scalar(as: Double.self) == 0x1p24)
    let tenths = Tensor(repeating: 0.1, shape: [1_000_000])
    #expect(abs(tenths.sum().scalar(as: Double.self) - 100_000.0015) < 0.05)
  }

  @Test func `statistics are differentiable`() {
    var generator = TestGenerator(salt: "statistics")
    expectGradientsMatch(at: [.random([3, 4], using: &generator)], "statistics") { p in
      let x = p[0]
      let spread = x.standardDeviation(alongAxes: [1], correction: 1)
      return x.variance(alongAxes: [0]).sum() + spread * x.mean(alongAxes: [1])
    }
  }

  @Test func `limits elements`() {
    #expect(clamp(Tensor([-2.0, 0.5, 3, .nan]), -1, 1).description == "[-1.0  0.5  1.0  nan]")
    #expect(square(Tensor([-3, 2])) == Tensor([9, 4]))
  }
}
