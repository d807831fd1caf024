import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct StackLayerTests {
  let a = Model.input("a", shape: [nil, nil, 3])
  let b = Model.input("b", shape: [nil, 2, 3])

  @Test func `puts models side by side`() throws {
    let (x, y) = (randomInput([4, 2, 3], salt: "x"), randomInput([4, 2, 3], salt: "y"))
    let cases: [(Int, DynamicShape)] = [
      (-1, [nil, 2, 3, 2]), (1, [nil, 2, 2, 3]), (2, [nil, 2, 2, 3]),
    ]
    for (axis, shape) in cases {
      let model = Model.stack(a, b, axis: axis)
      #expect(try model.outputShape() == shape)
      let predict = try model.build().predict
      #expect(
        try predict(ModelState(parameters: [:]), ["a": x, "b": y])
          == Tensor(stacking: [x, y], alongAxis: axis))
    }
    #expect(Model.stack([a, b]) == Model.stack(a, b))
  }

  @Test func `refuses models and axes that do not fit`() {
    expectProblem(Model.stack([]), rule: "at least one model", got: "none")
    expectProblem(
      Model.stack(b, Model.input("c", shape: [nil, 2, 4])), rule: "equal shapes",
      got: "f32[nil, 2, 3], f32[nil, 2, 4]")
    expectProblem(
      Model.stack(b, Model.input("c", shape: [nil, 2])), rule: "equal shapes", got: "f32[nil, 2]")
    for axis in [0, 4, -4] {
      expectProblem(
        Model.stack(a, b, axis: axis), rule: "behind the batch axis", got: "axis \(axis)")
    }
  }
}
