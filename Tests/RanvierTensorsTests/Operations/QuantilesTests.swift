import RanvierTensors
import TestSupport
import Testing

@Suite struct QuantilesTests {
  let x = Tensor([[7.0, 1, 4], [2, 9, 5]])

  @Test func `quantiles lie on the lines between sorted elements`() {
    #expect(x.quantile(0) == Tensor(1.0) && x.quantile(1) == Tensor(9.0))
    expectClose(x.quantile(0.3), Tensor(3.0), relative: 1e-15)
    #expect(x.quantile(0.25, alongAxes: [1]) == Tensor([2.5, 3.5]))
    #expect(x.quantile(0.75, alongAxes: [0], keepingAxes: true) == Tensor([[5.75, 7, 4.75]]))
    #expect(x.median() == Tensor(4.5))
    #expect(x.median(alongAxes: [1], keepingAxes: true) == Tensor([[4.0], [5.0]]))
    let cube = Tensor.range(24).reshaped(to: [2, 3, 4])
    #expect(cube.median(alongAxes: [0, 2]) == Tensor([Float(7.5), 11.5, 15.5]))
    #expect(cube.median(alongAxes: []) == cube.cast(to: .float32))
    #expect(Tensor(3.0).median() == Tensor(3.0))
  }

  @Test func `every share of a range is the share of its length`() {
    var generator = TestGenerator(salt: "quantiles")
    let numbers = Tensor((0 ... 100).map { Double($0) }.shuffled(using: &generator))
    for share in stride(from: 0.0, through: 1, by: 0.03125) {
      expectClose(numbers.quantile(share), Tensor(share * 100), relative: 1e-14)
    }
  }

  @Test func `values at the edge`() {
    let infinity = Double.infinity
    #expect(Tensor([infinity, 1, infinity, infinity]).quantile(0.7) == Tensor(infinity))
    #expect(Tensor([-infinity, infinity]).median().scalar().isNaN)
    #expect(Tensor([1, .nan, 3]).quantile(0).scalar().isNaN)
    #expect(Tensor.zeros([0]).median().scalar().isNaN)
    #expect(Tensor.zeros([2, 0]).median(alongAxes: [1]).shape == [2])
    #expect(Tensor.zeros([2, 0]).median(alongAxes: [0], keepingAxes: true).shape == [1, 0])
    #expect(Tensor([1, 2]).median() == Tensor(Float(1.5)))
    #expect(Tensor([true, false]).median() == Tensor(Float(0.5)))
    let halves = Tensor([1.0, 2]).cast(to: .float16)
    #expect(halves.median() == Tensor(1.5).cast(to: .float16))
    #expect(x.quantile(1.5).error?.got == "1.5 for shape \(x.shape)")
    #expect(x.quantile(.nan).error != nil)
    #expect(x.median(alongAxes: [2]).error?.operation == "median(alongAxes:)")
  }

  @Test(.tags(.gradient)) func `quantiles have derivatives`() {
    var generator = TestGenerator(salt: "quantile gradients")
    let point = Tensor(PrimitiveSample.Operand([3, 4], .distinct), using: &generator)
    expectGradientsMatch(at: [point], "quantiles") { p in
      let y = p[0] * p[0] * p[0]
      return y.quantile(0.3, alongAxes: [1]) * y.median() * y.median(alongAxes: [0])[0]
    }
  }
}
