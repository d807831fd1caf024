import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct SliceLayerTests {
  let input = Model.input(shape: [nil, nil, 6])
  let x = randomInput([2, 5, 6])

  @Test func `takes positions of open and known axes`() throws {
    let cases: [(Model, DynamicShape, Tensor)] = [
      (input.slice(from: 1), [nil, nil, 6], x[.all, 1...]),
      (input.slice(from: 0, to: -1), [nil, nil, 6], x[.all, 0 ..< 4]),
      (
        input.slice(from: 1, to: 6, stride: 2, axis: -1), [nil, nil, 3],
        x[.all, .all, .every(2, in: 1 ..< 6)]
      ),
      (input.slice(from: -2, axis: 2), [nil, nil, 2], x[.all, .all, 4...]),
      (input.element(-1), [nil, 6], x[.all, 4]),
      (input.element(2, axis: -1), [nil, nil], x[.all, .all, 2]),
    ]
    for (model, shape, expected) in cases {
      #expect(try model.outputShape() == shape)
      #expect(try model.output(for: x) == expected)
    }
  }

  @Test func `passes gradients to its positions`() throws {
    let model = input.slice(from: 1, to: 5, stride: 3, axis: 2)
    let resolved = try ResolvedModel(model)
    let slope = try gradient(at: x) { x in
      try resolved.forward(
        parameters: [:], state: [:], inputs: ["x": x], isTraining: false, key: nil
      ).output.sum()
    }
    #expect(slope[0, 0] == Tensor([0, 1, 0, 0, 1, 0] as [Float]))
  }

  @Test func `shows its options`() throws {
    #expect(
      try input.slice(from: 1, to: 5, stride: 2, axis: 2).element(0).summary().rows.dropFirst()
        .map(\.options)
        == [["range: 1 ..< 5", "axis: 2", "stride: 2"], ["position: 0", "axis: 1"]])
  }

  @Test func `refuses positions that do not fit, also when data comes`() throws {
    let rule = "positions within the axis"
    expectProblem(input.slice(from: 6, axis: 2), rule: rule, got: "6 ..< end of axis 2")
    expectProblem(input.slice(from: 3, to: 3, axis: 2), rule: rule, got: "3 ..< 3")
    expectProblem(input.slice(from: 0, to: 7, axis: 2), rule: rule, got: "0 ..< 7")
    expectProblem(input.element(-7, axis: 2), rule: rule, got: "-7")
    expectProblem(input.slice(from: 0, axis: 0), rule: "other than the batch axis", got: "axis 0")
    expectProblem(input.slice(from: 0, stride: 0), rule: "positive stride", got: "0")
    let predict = try input.element(5).build().predict
    let x = x
    let error = #expect(throws: ModelError.self) {
      try predict(ModelState(parameters: [:]), x)
    }
    #expect(error?.rule == rule && error?.got == "5 of axis 1 of [2, 5, 6]")
  }
}
