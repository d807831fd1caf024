import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct SqueezeExcitationLayerTests {
  let input = Model.input(shape: [nil, nil, 4, 6])

  @Test func `weighs channels`() throws {
    let model = input.squeezeExcitation(units: 2, gate: .hardSigmoid)
    #expect(try model.outputShape() == [nil, nil, 4, 6])
    let (initialize, predict) = try model.build()
    let state = try initialize(seed: 1)
    let p = state.parameters.scope("squeeze_excitation_0")
    #expect(p["squeeze_kernel"].shape == [6, 2] && p["excite_kernel"].shape == [2, 6])
    #expect(p["squeeze_bias"] == Tensor.zeros([2]) && p["excite_bias"] == Tensor.zeros([6]))
    let x = randomInput([2, 3, 4, 6])
    expectClose(
      try predict(state, x),
      squeezeExcitation(
        x, squeezeKernel: p["squeeze_kernel"], exciteKernel: p["excite_kernel"],
        gate: .hardSigmoid))
  }

  @Test func `refuses what does not fit`() {
    expectProblem(input.squeezeExcitation(units: 0), rule: "at least one unit", got: "0")
    expectProblem(
      Model.input(shape: [nil, 6]).squeezeExcitation(units: 2), rule: "1 to 3 spatial axes",
      got: "[nil, 6]")
  }
}
