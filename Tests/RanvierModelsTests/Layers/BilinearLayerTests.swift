import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct BilinearLayerTests {
  let a = Model.input("a", shape: [nil, nil, 3])
  let b = Model.input("b", shape: [nil, 2, 5])

  @Test func `multiplies pairs of features`() throws {
    let model = Model.bilinear(a, b, units: 4, activation: .tanh, biasInitializer: .ones)
    #expect(try model.outputShape() == [nil, 2, 4])
    let (initialize, predict) = try model.build()
    let state = try initialize(seed: 1)
    let p = state.parameters
    #expect(p["bilinear_0/kernel"].shape == [4, 3, 5] && p["bilinear_0/bias"] == Tensor.ones([4]))
    // Glorot's limit with 15 inputs and 4 outputs.
    let largest = abs(p["bilinear_0/kernel"]).max().scalar(as: Double.self)
    #expect(largest < (6.0 / 19).squareRoot() && largest > 0.4)
    let (x, y) = (randomInput([3, 2, 3], salt: "x"), randomInput([3, 2, 5], salt: "y"))
    expectClose(
      try predict(state, ["a": x, "b": y]),
      tanh(bilinear(x, y, p["bilinear_0/kernel"], p["bilinear_0/bias"])))
    #expect(try Model.bilinear(a, b, units: 4, useBias: false).parameterPaths().count == 1)
  }

  @Test func `refuses inputs and options that do not fit`() {
    expectProblem(Model.bilinear(a, b, units: 0), rule: "at least one unit", got: "0")
    expectProblem(
      Model.bilinear(a, Model.input("c", shape: [nil, 5]), units: 2), rule: "one rank",
      got: "f32[nil, nil, 3] and f32[nil, 5]")
    expectProblem(
      Model.bilinear(b, Model.input("c", shape: [nil, 3, 5]), units: 2), rule: "equal sizes",
      got: "f32[nil, 2, 5] and f32[nil, 3, 5]")
    expectProblem(
      Model.bilinear(a, Model.input("c", shape: [nil, 2, nil]), units: 2), rule: "known features",
      got: "f32[nil, 2, nil]")
  }
}
