import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct InputLayerTests {
  @Test func `without a name it is numbered`() throws {
    let model = Model.add(Model.input(shape: [nil, 2]), Model.input(shape: [nil, 2]))
    #expect(try model.paths() == ["input_0", "input_1", "add_0"])
  }

  @Test func `refuses shapes without batch axis, negative and endless ones`() {
    expectProblem(Model.input(shape: []), rule: "batch axis", got: "[]", hint: "[nil, 64]")
    expectProblem(Model.input(shape: [nil, -1]), rule: "negative", got: "[nil, -1]", hint: "nil")
    expectProblem(
      Model.input(shape: [nil, .max, 2]), rule: "possible", got: "too many elements")
  }

  @Test func `a model may be an input alone`() throws {
    let x = randomInput([3, 2])
    #expect(try Model.input(shape: [nil, 2]).output(for: x) == x)
  }
}
