import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct ReshapeLayerTests {
  @Test func `keeps the batch axis and works out one size`() throws {
    let input = Model.input(shape: [nil, 6, 4])
    #expect(try input.reshape([8, 3]).outputShape() == [nil, 8, 3])
    #expect(try input.reshape([2, -1, 2]).outputShape() == [nil, 2, 6, 2])
    #expect(try Model.input(shape: [nil, nil]).reshape([-1, 2]).outputShape() == [nil, nil, 2])
    let x = randomInput([5, 6, 4])
    #expect(try input.reshape([2, -1, 2]).output(for: x) == x.reshaped(to: [5, 2, 6, 2]))
    #expect(
      try input.reshape([2, -1, 2]).output(for: randomInput([0, 6, 4])).shape == [0, 2, 6, 2])
  }

  @Test func `refuses sizes that do not fit`() {
    let input = Model.input(shape: [nil, 6])
    expectProblem(
      input.reshape([4]), rule: "as many values per example", got: "6 in [nil, 6], 4 in [4]",
      hint: "batch axis is kept")
    expectProblem(input.reshape([-1, 4]), rule: "as many values", got: "4 in [-1, 4]")
    expectProblem(input.reshape([-1, 0]), rule: "as many values", got: "0 in [-1, 0]")
    expectProblem(input.reshape([-1, -1]), rule: "at most one of them -1", got: "[-1, -1]")
    expectProblem(input.reshape([-2]), rule: "not negative", got: "[-2]")
    expectProblem(input.reshape([.max, 2]), rule: "shape that is possible", got: "too many")
  }

  @Test func `an open size that does not divide is refused when data comes`() throws {
    let model = Model.input(shape: [nil, nil]).reshape([-1, 2])
    #expect(try model.output(for: randomInput([3, 4])).shape == [3, 2, 2])
    #expect(throws: ModelError.self) { try model.output(for: randomInput([3, 5])) }
  }
}
