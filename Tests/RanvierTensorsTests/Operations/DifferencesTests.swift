import RanvierTensors
import TestSupport
import Testing

@Suite struct DifferencesTests {
  let x = Tensor([[1.0, 4, 9, 16], [0, 1, 1, 0]])

  @Test func `neighbours are subtracted`() {
    #expect(x.differences() == Tensor([[3.0, 5, 7], [1, 0, -1]]))
    #expect(x.differences(order: 2) == Tensor([[2.0, 2], [-1, -1]]))
    #expect(x.differences(alongAxis: 0) == Tensor([[-1.0, -3, -8, -16]]))
    #expect(x.differences(order: 0) == x)
    #expect(x.differences(order: .max).shape == [2, 0])
    #expect(Tensor([UInt8(3), 1]).differences() == Tensor([UInt8(254)]))
    #expect(Tensor.zeros([0]).differences().shape == [0])
    #expect(x.differences(order: -1).error != nil)
    #expect(Tensor([true]).differences().error?.operation == "differences(order:alongAxis:)")
    #expect(Tensor(1).differences().error != nil)
  }

  @Test func `integrals by the trapezoidal rule`() {
    #expect(trapezoid(x) == Tensor([21.5, 2]))
    #expect(trapezoid(x, spacing: 2) == Tensor([43.0, 4]))
    #expect(trapezoid(x, alongAxis: 0) == Tensor([0.5, 2.5, 5, 8]))
    #expect(trapezoid(x, at: Tensor([0.0, 1, 3, 4])) == Tensor([28.0, 3]))
    #expect(trapezoid(x, at: Tensor([1, 3]), alongAxis: 0) == Tensor([1.0, 5, 10, 16]))
    #expect(trapezoid(x, at: x) == Tensor([127.5, 0.0]))
    #expect(trapezoid(Tensor([1, 2])) == Tensor(Float(1.5)))
    #expect(trapezoid(Tensor([5.0])) == Tensor(0.0))
    #expect(trapezoid(Tensor.zeros([2, 0])) == Tensor.zeros([2]))
    #expect(trapezoid(x, at: Tensor([1.0, 2])).error?.operation == "trapezoid")
    #expect(trapezoid(x, alongAxis: 2).error != nil)
  }

  @Test(.tags(.gradient)) func `differences and integrals have derivatives`() {
    var generator = TestGenerator(salt: "differences")
    let point: [Tensor] = [
      .random([3, 4], using: &generator), .random([3], using: &generator),
    ]
    expectGradientsMatch(at: point, "differences") { p in
      (p[0] * p[0]).differences(order: 2) * p[1].differences().sum()
    }
    expectGradientsMatch(at: point, "trapezoid") { p in
      trapezoid(p[0] * p[0], at: p[1] * p[1], alongAxis: 0) * trapezoid(p[1])
    }
  }
}
