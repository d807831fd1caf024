import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

/// Twice the input, and a factor times its first column: a layer with two outputs.
private struct TwoOutputs: Layer {
  var secondShape: DynamicShape = [nil, 1]
  var operation: String { "two" }
  var mixedPrecision: LayerPrecision { .narrow }

  func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    LayerSignature(
      inputs[0].shape, furtherOutputs: [LayerInput(secondShape)],
      parameters: [ParameterDeclaration("factor", shape: [1], initializer: .normal)])
  }

  func apply(_ call: LayerCall) -> LayerResult {
    LayerResult(
      call.input * 2, furtherOutputs: [call.input[.all, ..<1] * call.parameters["factor"]])
  }
}

@Suite struct SeveralOutputsTests {
  let x = Model.input("x", shape: [nil, 3])
  let values = randomInput([2, 3])

  func two(_ model: Model, secondShape: DynamicShape = [nil, 1]) -> (Model, Model) {
    let layer = Model(
      TwoOutputs(secondShape: secondShape), [model], name: nil,
      location: CodeLocation(file: "t", line: 1))
    return (layer, layer.output(1))
  }

  @Test func `each output is a model, and the layer is computed once`() throws {
    let (double, column) = two(x)
    #expect(try double.outputShape() == [nil, 3] && column.outputShape() == [nil, 1])
    let joined = Model.concatenate(column, double, column)
    #expect(try joined.paths() == ["x", "two_0", "concatenate_0"])
    #expect(try joined.parameterPaths() == ["two_0/factor"])
    let (initialize, predict) = try joined.build()
    let state = try initialize(seed: 1)
    let first = values[.all, ..<1] * state.parameters["two_0/factor"]
    let expected = Tensor(concatenating: [first, values * 2, first], alongAxis: 1)
    expectClose(try predict(state, values), expected)
    expectClose(try joined.build(baking: state)(values), expected)
    expectClose(try column.build().predict(state, values), first)
    expectClose(try double.build().predict(state, values), values * 2)
    let trained = try joined.build(mode: .training).predict(
      state, values, key: RandomKey(seed: 1))
    expectClose(trained.output, expected)
  }

  @Test func `models of different outputs differ`() {
    let (double, column) = two(x)
    let (again, columnAgain) = two(x)
    #expect(double != column && double == again && column == columnAgain)
    #expect(double.hashValue != column.hashValue && column.hashValue == columnAgain.hashValue)
    #expect(column.relu() != double.relu() && column.relu() == columnAgain.relu())
  }

  @Test func `shared blocks and scopes take and give any output`() throws {
    let (double, column) = two(x)
    let block = SharedBlock("tower") { two($0.dense(1)).1 }
    let model = Model.concatenate(column |> block, (column |> block).scope("deep") { two($0).1 })
    #expect(
      try model.paths() == [
        "x", "two_0", "tower/dense_0", "tower/two_0", "tower#2/dense_0", "tower#2/two_0",
        "deep/two_0", "concatenate_0",
      ])
    let (initialize, predict) = try model.build()
    let state = try initialize(seed: 3)
    let p = state.parameters
    let tower =
      dense(
        values[.all, ..<1] * p["two_0/factor"], p["tower/dense_0/kernel"], p["tower/dense_0/bias"])
      * p["tower/two_0/factor"]
    expectClose(
      try predict(state, values),
      Tensor(concatenating: [tower, tower * p["deep/two_0/factor"]], alongAxis: 1))
    let both = SharedBlock { $0.dense(2) }
    #expect(try (double |> both).outputShape() == [nil, 2])
  }

  @Test func `inspection names further outputs by their position`() throws {
    let model = try ResolvedModel(two(x).1.relu(), precision: .mixedBFloat16)
    let state = try two(x).1.build().initialize(seed: 1)
    let outputs = try model.outputs(
      parameters: state.parameters, state: [:], inputs: ["x": values])
    #expect(outputs.map(\.path) == ["x", "two_0", "two_0[1]", "relu_0"])
    #expect(outputs.map(\.output.shape) == [[2, 3], [2, 3], [2, 1], [2, 1]])
    #expect(
      outputs.map(\.output.elementType) == [.float32, .bfloat16, .bfloat16, .bfloat16])
    let result = try model.forward(
      parameters: state.parameters, state: [:], inputs: ["x": values], isTraining: false, key: nil)
    #expect(result.output.elementType == .float32)
  }

  @Test func `the table shows the shapes of all outputs`() throws {
    let (double, column) = two(x)
    let summary = try Model.multiply(double, column).summary()
    #expect(summary.rows[1].outputShapes == [[nil, 3], [nil, 1]])
    #expect(summary.rows[1].outputShape == [nil, 3])
    #expect(summary.rows[2].inputs.map(\.path) == ["two_0", "two_0[1]"])
    #expect(summary.rows[2].inputs.map(\.shape) == [[nil, 3], [nil, 1]])
    #expect(
      "\(summary)" == """
        +------------+-------------+--------------+---------+----------------+
        | Layer      | Input Shape | Output Shape | Options | Parameters     |
        +============+=============+==============+=========+================+
        | x (input)  |             | [nil, 3]     |         |                |
        +------------+-------------+--------------+---------+----------------+
        | two_0      | [nil, 3]    | [nil, 3]     |         | factor: f32[1] |
        |            |             | [nil, 1]     |         |                |
        +------------+-------------+--------------+---------+----------------+
        | multiply_0 | two_0:      | [nil, 3]     |         |                |
        |            |   [nil, 3]  |              |         |                |
        |            | two_0[1]:   |              |         |                |
        |            |   [nil, 1]  |              |         |                |
        +------------+-------------+--------------+---------+----------------+
        | Total Parameters: 1                                                |
        | Total Parameters Memory: 4 bytes                                   |
        +--------------------------------------------------------------------+
        """)
  }

  @Test func `shapes of further outputs are checked, too`() throws {
    expectProblem(two(x, secondShape: [-1]).0, rule: "shape that is possible", got: "[-1]")
    let error = #expect(throws: ModelError.self) {
      try two(x, secondShape: [nil, 2]).0.output(for: values)
    }
    #expect(error?.rule == "an output of shape [nil, 2], as when built")
    #expect(error?.got == "[2, 1]")
  }
}
