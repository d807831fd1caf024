import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct RepeatLayerTests {
  let input = Model.input(shape: [nil, nil, 3])
  let x = randomInput([2, 4, 3])

  @Test func `repeats an axis, or each of its positions`() throws {
    #expect(try input.tile(2, axis: 2).outputShape() == [nil, nil, 6])
    #expect(try input.tile(2, axis: -1).output(for: x) == x.tiled([2]))
    #expect(try input.tile(3, axis: 1).output(for: x) == x.tiled([3, 1]))
    #expect(try input.repeatElements(2, axis: 2).outputShape() == [nil, nil, 6])
    #expect(
      try input.repeatElements(2, axis: 1).output(for: x)
        == x.repeatingElements(2, alongAxis: 1))
    #expect(try input.tile(2, axis: 1).summary().rows.last?.options == ["count: 2", "axis: 1"])
  }

  @Test func `refuses what does not fit`() {
    expectProblem(input.tile(0, axis: 1), rule: "a positive count", got: "0")
    expectProblem(input.repeatElements(2, axis: 0), rule: "other than the batch", got: "axis 0")
    expectProblem(input.tile(.max, axis: 2), rule: "shape that is possible", got: "f32[nil, nil, ")
  }
}
