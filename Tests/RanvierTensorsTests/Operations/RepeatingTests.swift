import RanvierTensors
import TestSupport
import Testing

@Suite struct RepeatingTests {
  let x = Tensor([[1, 2, 3], [4, 5, 6]])

  @Test func `whole tensors`() {
    #expect(Tensor([1, 2]).tiled([3]) == Tensor([1, 2, 1, 2, 1, 2]))
    #expect(Tensor([1, 2]).tiled([2, 1]) == Tensor([[1, 2], [1, 2]]))
    #expect(x.tiled([2]) == Tensor([[1, 2, 3, 1, 2, 3], [4, 5, 6, 4, 5, 6]]))
    #expect(x.tiled([2, 1]) == Tensor([[1, 2, 3], [4, 5, 6], [1, 2, 3], [4, 5, 6]]))
    #expect(x.tiled([]) == x)
    #expect(x.tiled([0, 2]).shape == [0, 6])
    #expect(Tensor(5).tiled([2, 2]) == Tensor([[5, 5], [5, 5]]))
    #expect(Tensor.zeros([2, 0]).tiled([3, 1, 4]).shape == [3, 2, 0])
  }

  @Test func `each element`() {
    #expect(Tensor([1, 2]).repeatingElements(3) == Tensor([1, 1, 1, 2, 2, 2]))
    #expect(x.repeatingElements(2) == Tensor([[1, 2, 3], [1, 2, 3], [4, 5, 6], [4, 5, 6]]))
    #expect(
      x.repeatingElements(2, alongAxis: -1) == Tensor([[1, 1, 2, 2, 3, 3], [4, 4, 5, 5, 6, 6]]))
    #expect(x.repeatingElements(0, alongAxis: 1).shape == [2, 0])
    #expect(x.repeatingElements(1) == x)
  }

  @Test func `tensors of many axes`() {
    let many = Tensor.range(2).reshaped(to: Shape([Int](repeating: 1, count: 15) + [2]))
    #expect(many.tiled([Int](repeating: 2, count: 16)).count == 2 << 16)
    #expect(many.repeatingElements(3, alongAxis: 7).count == 6)
  }

  @Test func `wrong counts and axes are invalid`() {
    #expect(x.tiled([-1]).error?.got == "[-1] for shape \(x.shape)")
    #expect(x.repeatingElements(-1).error?.got == "-1 for shape \(x.shape)")
    #expect(x.repeatingElements(2, alongAxis: 2).error != nil)
    #expect(x.tiled([.max, .max]).error != nil)
    #expect(Tensor(1).repeatingElements(2).error != nil)
    #expect(x.tiled([Int](repeating: 1, count: 17)).error != nil)
    #expect(Tensor.zeros([0, 3]).tiled([1, 1 << 40]).shape == [0, 3 << 40])
    #expect(Tensor.zeros([0, 3]).tiled([1, .max]).error != nil)
  }

  @Test func `repeating has derivatives`() {
    var generator = TestGenerator(salt: "repeating")
    expectGradientsMatch(at: [.random([2, 3], using: &generator)], "repeating") { p in
      let y = p[0] * p[0]
      return y.tiled([2, 2]) * y.repeatingElements(2).repeatingElements(2, alongAxis: 1)
    }
  }
}
