import RanvierTensors
import TestSupport
import Testing

@Suite struct NormsTests {
  let x = Tensor([[3.0, -4, 0], [0, 0, -2]])

  @Test func `norms of each order`() {
    #expect(x[0].norm() == Tensor(5.0))
    expectClose(x.norm(), Tensor(29.0.squareRoot()), relative: 1e-15)
    #expect(x.norm(order: 1) == Tensor(9.0))
    #expect(x.norm(order: .infinity) == Tensor(4.0))
    #expect(x.norm(order: 0) == Tensor(3.0))
    expectClose(x.norm(order: 3, alongAxes: [1]), Tensor([4.497941445275415, 2]), relative: 1e-14)
    expectClose(x.norm(order: 0.5, alongAxes: [0])[1], Tensor(4.0), relative: 1e-14)
    #expect(x.norm(alongAxes: [-1], keepingAxes: true) == Tensor([[5.0], [2.0]]))
    #expect(x.norm(order: 1, alongAxes: [0]) == Tensor([3.0, 4, 2]))
  }

  @Test func `other types and values at the edge`() {
    #expect(Tensor([3, 4]).norm() == Tensor(Float(5)))
    // Squares of halves would overflow.
    let halves = Tensor([300.0, 400]).cast(to: .float16)
    #expect(halves.norm() == Tensor(500.0).cast(to: .float16))
    for order in [0.0, 1, 2, 3, .infinity] {
      #expect(Tensor.zeros([2, 0]).norm(order: order, alongAxes: [1]) == Tensor.zeros([2]))
      #expect(Tensor(-2.0).norm(order: order).shape == [])
    }
    for order in [1.0, 2, 3, .infinity] {
      #expect(Tensor([1.0, .nan]).norm(order: order).scalar().isNaN)
      #expect(Tensor([1.0, -.infinity]).norm(order: order) == Tensor(Double.infinity))
    }
    #expect(x.norm(order: -1).error?.got == "-1.0 for shape [2, 3]")
    #expect(x.norm(order: .nan).error != nil)
    #expect(x.norm(alongAxes: [2]).error != nil)
  }

  @Test(.tags(.gradient), arguments: [1, 1.5, 2, 3, .infinity])
  func `norms have derivatives`(_ order: Double) {
    var generator = TestGenerator(salt: "norm \(order)")
    let signs = Tensor([1.0, -1, 1])
    let point = Tensor.random([2, 3], from: 0.5, to: 2, using: &generator) * signs
    expectGradientsMatch(at: [point], "norm \(order)") { p in
      p[0].norm(order: order, alongAxes: [1])
    }
    expectGradientsMatch(at: [point], "normalized \(order)") { p in
      p[0].normalized(order: order) * p[0]
    }
  }

  @Test(arguments: [0.5, 1, 1.5, 2, 3, .infinity])
  func `derivatives at zero are zero`(_ order: Double) {
    let derivative = gradient(at: Tensor.zeros([3], elementType: .float64)) {
      $0.norm(order: order)
    }
    #expect(derivative == Tensor([0.0, 0, 0]))
    let beside = gradient(at: Tensor([0.0, 2])) { $0.norm(order: order) }
    expectClose(beside, Tensor([0.0, 1]), relative: 1e-14)
  }

  @Test func `division by the norm`() {
    expectClose(
      x.normalized(), Tensor([[0.6, -0.8, 0], [0, 0, -1]]), relative: 1e-15, absolute: 0)
    #expect(x.normalized(alongAxes: nil).norm().scalar(as: Double.self) == 1)
    #expect(Tensor([0.0, 0]).normalized() == Tensor([0.0, 0]))
    #expect(Tensor([1e-3, 0]).normalized(epsilon: 1) == Tensor([1e-3, 0]))
  }
}
