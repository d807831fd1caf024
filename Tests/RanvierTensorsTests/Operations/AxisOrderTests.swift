import RanvierTensors
import TestSupport
import Testing

@Suite struct AxisOrderTests {
  let x = Tensor.range(24).reshaped(to: [2, 3, 4])

  @Test func `an axis moves, the others keep their order`() {
    #expect(x.movedAxis(from: 0, to: -1) == x.transposed(permutation: [1, 2, 0]))
    #expect(x.movedAxis(from: -1, to: 0) == x.transposed(permutation: [2, 0, 1]))
    #expect(x.movedAxis(from: 1, to: 1) == x)
    #expect(x.movedAxis(from: 2, to: 1) == x.swappedAxes(1, 2))
    #expect(x.movedAxis(from: 3, to: 0).error?.operation == "movedAxis(from:to:)")
    #expect(x.movedAxis(from: 0, to: -4).error != nil)
  }

  @Test func `elements leave at one end and come back at the other`() {
    let y = Tensor([1, 2, 3, 4])
    let expected = [[1, 2, 3, 4], [4, 1, 2, 3], [3, 4, 1, 2], [2, 3, 4, 1]]
    for distance in -9 ... 9 {
      #expect(y.rolled(by: distance).scalars(as: Int.self) == expected[(distance + 12) % 4])
    }
    #expect(y.rolled(by: .max) == y.rolled(by: 3) && y.rolled(by: .min) == y)
    #expect(x.rolled(by: 1, alongAxis: 0) == Tensor(concatenating: [x[1 ..< 2], x[0 ..< 1]]))
    #expect(x.rolled(by: -1)[0, 0] == Tensor([Int32(1), 2, 3, 0]))
    #expect(Tensor.zeros([2, 0]).rolled(by: 1).shape == [2, 0])
    #expect(Tensor(1).rolled(by: 1).error?.operation == "rolled(by:alongAxis:)")
  }

  @Test func `order has derivatives`() {
    var generator = TestGenerator(salt: "order")
    expectGradientsMatch(at: [.random([2, 3, 2], using: &generator)], "order") { p in
      p[0] * p[0].rolled(by: 2, alongAxis: 1)
        * p[0].movedAxis(from: 0, to: 2).movedAxis(
          from: 2, to: 0)
    }
  }
}
