import RanvierTensors
import TestSupport
import Testing

@Suite struct ScatterTests {
  @Test func `rows for one position add up, rows outside are skipped`() {
    let x = Tensor([[1.0, 2], [3, 4], [5, 6]])
    let rows = Tensor([[10.0, 20], [30, 40], [50, 60], [70, 80]])
    #expect(
      x.scatterAdding(rows, at: Tensor([2, 2, -1, 3]))
        == Tensor([[1.0, 2], [3, 4], [45, 66]]))
    #expect(
      x.scatterAdding(Tensor([[1.0], [2], [3]]), at: Tensor([1]), alongAxis: 1)
        == Tensor([[1.0, 3], [3, 6], [5, 9]]))
    #expect(
      x.scatterAdding(100, at: Tensor(Int32(0))) == Tensor([[101.0, 102], [3, 4], [5, 6]]))
    #expect(
      Tensor([1, 2]).scatterAdding(Tensor([5, 5, 5]), at: Tensor([0, 1, 0])) == Tensor([11, 7]))
  }

  @Test func `elements have positions of their own`() {
    let x = Tensor.zeros([2, 3], elementType: .int32)
    let positions = Tensor([[0, 2, 2], [1, 1, 7]])
    #expect(
      x.scatterAddingElements(Tensor([Int32(1), 2, 3]), at: positions)
        == Tensor([[Int32(1), 0, 5], [0, 3, 0]]))
  }

  @Test(.tags(.gradient)) func `derivatives to both operands`() {
    var generator = TestGenerator(salt: "scatter")
    let positions = Tensor([[3, 0], [3, -1]])
    expectGradientsMatch(
      at: [.random([4, 2], using: &generator), .random([2, 2, 2], using: &generator)], "rows"
    ) { x in square(x[0].scatterAdding(sin(x[1]), at: positions)) }
    expectGradientsMatch(
      at: [.random([2, 4], using: &generator), .random([2, 2], using: &generator)], "elements"
    ) { x in square(x[0].scatterAddingElements(sin(x[1]), at: positions)) }
  }

  @Test func `terms that do not fit are errors`() {
    let x = Tensor.zeros([4, 2])
    #expect(
      x.scatterAdding(Tensor([1.0, 2, 3]), at: Tensor([0])).error?.message
        == "scatterAdding(_:at:alongAxis:) needs terms that broadcast to shape [1, 2], got f64[3]")
    #expect(x.scatterAdding(1, at: Tensor([0]), alongAxis: 2).error != nil)
    #expect(Tensor([true]).scatterAdding(1, at: Tensor([0])).error != nil)
  }
}
