import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct GroupNormLayerTests {
  let input = Model.input(shape: [nil, 3, 6])

  @Test func `computes the function, from ones and zeros`() throws {
    let x = randomInput([2, 3, 6]) + 1
    expectClose(
      try input.groupNorm(groups: 2, epsilon: 0.1).output(for: x),
      groupNorm(x, groups: 2, epsilon: 0.1))
    let (initialize, predict) = try input.groupNorm(groups: 3).build()
    var state = try initialize(seed: 1)
    let (scale, offset) = (randomInput([6], salt: "scale"), randomInput([6], salt: "offset"))
    state.parameters["group_norm_0/scale"] = scale
    state.parameters["group_norm_0/offset"] = offset
    expectClose(try predict(state, x), groupNorm(x, groups: 3, scale: scale, offset: offset))
  }

  @Test func `shows its options and counts its parameters`() throws {
    let summary = try input.groupNorm(groups: 2, epsilon: 0.5).summary()
    #expect(summary.rows[1].options == ["groups: 2", "epsilon: 0.5"])
    #expect(summary.parameterCount == 12)
  }

  @Test func `refuses inputs and options that do not fit`() {
    for groups in [0, 4, -2] {
      expectProblem(
        input.groupNorm(groups: groups), rule: "divides the channels",
        got: "\(groups) groups of 6 channels")
    }
    expectProblem(
      Model.input(shape: [nil, nil]).groupNorm(groups: 1), rule: "known channels",
      got: "[nil, nil]")
    expectProblem(input.groupNorm(groups: 1, epsilon: 0), rule: "positive epsilon", got: "0.0")
    expectProblem(
      Model.input(shape: [nil, 4], elementType: .int32).groupNorm(groups: 1),
      rule: "floating-point", got: "i32[nil, 4]")
  }
}
