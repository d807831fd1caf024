import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct ConcatenateLayerTests {
  @Test func `adds the sizes along the axis`() throws {
    let a = Model.input("a", shape: [nil, 2, 3])
    let b = Model.input("b", shape: [nil, 2, 5])
    let c = Model.input("c", shape: [nil, nil, 3])
    #expect(try Model.concatenate(a, b, a).outputShape() == [nil, 2, 11])
    #expect(try Model.concatenate(a, c, axis: 1).outputShape() == [nil, nil, 3])
    #expect(try Model.concatenate(a, c, axis: -1).outputShape() == [nil, 2, 6])
    let (_, predict) = try Model.concatenate([a, b]).build()
    let (x, y) = (randomInput([4, 2, 3]), randomInput([4, 2, 5]))
    let output = try predict(ModelState(parameters: [:]), ["a": x, "b": y])
    #expect(output == Tensor(concatenating: [x, y], alongAxis: 2))
  }

  @Test func `refuses models and axes that do not fit`() {
    let a = Model.input("a", shape: [nil, 2, 3])
    expectProblem(
      Model.concatenate(a, Model.input("b", shape: [nil, 3, 3])), rule: "all axes but -1",
      got: "f32[nil, 2, 3], f32[nil, 3, 3]")
    expectProblem(
      Model.concatenate(a, Model.input("b", shape: [nil, 6])), rule: "equal rank", got: "[nil, 6]")
    for axis in [0, -3, 3, -4, .max, .min + 3] {
      expectProblem(
        Model.concatenate(a, a, axis: axis), rule: "other than the batch axis", got: "axis \(axis)")
    }
    expectProblem(Model.concatenate([]), rule: "at least one model", got: "none")
  }
}
