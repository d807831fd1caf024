import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct FlattenLayerTests {
  @Test func `folds all axes but the first`() throws {
    #expect(try Model.input(shape: [nil, 2, 3, 4]).flatten().outputShape() == [nil, 24])
    #expect(try Model.input(shape: [nil, 2, nil]).flatten().outputShape() == [nil, nil])
    #expect(try Model.input(shape: [nil]).flatten().outputShape() == [nil, 1])
    let x = randomInput([2, 3, 4])
    #expect(
      try Model.input(shape: [nil, 3, 4]).flatten().output(for: x) == x.reshaped(to: [2, 12]))
    #expect(
      try Model.input(shape: [nil, 3, 4]).flatten().output(for: randomInput([0, 3, 4])).shape
        == [0, 12])
  }

  @Test func `refuses a single number`() {
    let number = Model.layer("total", Model.input(shape: [nil, 2])) { $0.input.sum() }
    expectProblem(number.flatten(), rule: "batch axis", got: "[]")
    expectProblem(number.reshape([1]), rule: "batch axis", got: "[]")
    expectProblem(number.dense(1), rule: "rank 2", got: "[]")
    expectProblem(number.softmax(), rule: "axis", got: "")
  }
}
