import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct SplitLayerTests {
  let input = Model.input(shape: [nil, 4, 6])
  let x = randomInput([2, 4, 6])

  @Test func `gives equal parts, or parts of sizes`() throws {
    let halves = input.split(into: 2)
    #expect(halves.count == 2)
    #expect(try halves.map { try $0.outputShape() } == [[nil, 4, 3], [nil, 4, 3]])
    #expect(try Model.concatenate(halves[1], halves[0]).output(for: x) == x.rolled(by: 3))
    let parts = input.split(sizes: [1, 3], axis: 1, name: "part")
    #expect(try parts[1].outputShape() == [nil, 3, 6])
    #expect(try parts[1].output(for: x) == x[.all, 1...])
    #expect(try parts[1].paths().last == "part_1")
    #expect(try parts[1].summary().rows.last?.options == ["sizes: [1, 3]", "part: 1", "axis: 1"])
  }

  @Test func `refuses what does not fit`() {
    expectProblem(
      input.split(into: 4)[0], rule: "divides the size of the axis", got: "4 parts of axis -1",
      hint: "split(sizes:)")
    expectProblem(input.split(into: 0)[0], rule: "divides the size of the axis", got: "0 parts")
    for sizes in [[2, 3], [7, -1], [6, 0], [.max, 1, 5]] {
      expectProblem(
        input.split(sizes: sizes)[0], rule: "positive sizes whose sum is 6", got: "\(sizes)")
    }
    expectProblem(input.split(into: 1, axis: 0)[0], rule: "other than the batch", got: "axis 0")
    expectProblem(
      Model.input(shape: [nil, nil]).split(into: 2)[0], rule: "known size", got: "[nil, nil]")
  }
}
