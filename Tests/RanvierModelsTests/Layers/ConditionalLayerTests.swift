import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct ConditionalLayerTests {
  let input = Model.input(shape: [nil, 3])
  let x = randomInput([2, 3])

  @Test func `one value chooses at each run`() throws {
    let isPositive = Model.layer("is_positive", input) { greater($0.input.mean(), 0) }
    let model = Model.cond(isPositive, then: input, else: input.activation(.exp))
    #expect(try model.outputShape() == [nil, 3])
    let predict = try model.build().predict
    for x in [abs(x), -abs(x)] {
      let expected = x.mean().scalar(as: Float.self) > 0 ? x : exp(x)
      expectClose(try predict(ModelState(parameters: [:]), x), expected)
    }
  }

  @Test func `derivatives go through the branch that was chosen`() throws {
    let first = Model.layer("first", input) { greater($0.input[0, 0], 0) }
    let model = Model.cond(first, then: input.linearTransform(scale: 3, shift: 0), else: input)
    let resolved = try ResolvedModel(model)
    for sign in [1.0, -1] {
      let slope = try gradient(at: abs(x) * sign) { x in
        try resolved.forward(
          parameters: [:], state: [:], inputs: ["x": x], isTraining: false, key: nil
        ).output.sum()
      }
      #expect(slope == Tensor(repeating: sign > 0 ? 3 : 1, shape: [2, 3]))
    }
  }

  @Test func `a condition may choose for each example or element`() throws {
    let rows = Model.layer("rows", input) { greater($0.input[.all, 0 ..< 1], 0) }
    let model = Model.select(rows, input, .constant(0))
    #expect(try model.outputShape() == [nil, 3])
    #expect(
      try model.output(for: x) == select(greater(x[.all, 0 ..< 1], 0), x, 0))
  }

  @Test func `refuses what does not fit`() {
    expectProblem(
      Model.cond(input, then: input, else: input), rule: "one bool", got: "f32[nil, 3]",
      hint: "Model.select")
    let flag = Model.input("flag", shape: [nil, 3], elementType: .bool)
    expectProblem(
      Model.cond(flag, then: input, else: input), rule: "one bool", got: "bool[nil, 3]")
    expectProblem(
      Model.select(input, input, input), rule: "a condition of bools", got: "f32[nil, 3]")
    expectProblem(
      Model.select(flag, input, Model.input("c", shape: [nil, 4])), rule: "one shape and type",
      got: "f32[nil, 4]")
    expectProblem(
      Model.select(flag, Model.input("c", shape: [nil, 4]), .constant(0)),
      rule: "broadcasts to the models", got: "bool[nil, 3]")
    let one = Model.layer("one", input) { greater($0.input.mean(), 0) }
    expectProblem(
      Model.cond(one, then: input, else: Model.input("c", shape: [nil, 1])),
      rule: "one shape and type", got: "f32[nil, 1]")
  }
}
