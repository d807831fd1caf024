import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct NormalizationLayerTests {
  let x = randomInput([3, 5, 2, 4]) * 3 + 1
  let input = Model.input(shape: [nil, 5, 2, 4])

  @Test func `axes choose the layer`() throws {
    for (chosen, expected) in [
      (input.normalization(alongAxes: [0, 1, 2]), input.batchNorm()),
      (input.normalization(alongAxes: [1, -2]), input.instanceNorm()),
      (input.normalization(alongAxes: [1, 2, 3], groups: 2), input.groupNorm(groups: 2)),
      (input.normalization(alongAxes: [-1]), input.layerNorm()),
      (input.normalization(alongAxes: [1, 2, 3]), input.layerNorm(axes: [1, 2, 3])),
    ] {
      let (first, second) = (try chosen.outputSignature(), try expected.outputSignature())
      #expect(first.parameters == second.parameters && first.state == second.state)
      #expect(first.output == second.output)
      #expect(try chosen.output(for: x) == expected.output(for: x))
      let (initialize, train) = try chosen.build(mode: .training)
      let result = try train(initialize(seed: 1), x, key: RandomKey(seed: 1))
      let other = try expected.build(mode: .training)
      #expect(
        try result.output
          == other.predict(other.initialize(seed: 1), x, key: RandomKey(seed: 1)).output)
      #expect(result.layerState.count == second.state.count)
    }
  }

  @Test func `refuses axes that no layer normalizes over`() {
    for axes in [[], [0], [0, 1, 2, 3], [1, 1], [4]] {
      expectProblem(
        input.normalization(alongAxes: axes), rule: "axes other than the batch axis",
        got: "axes \(axes)")
    }
    expectProblem(
      input.normalization(alongAxes: [3], groups: 2), rule: "with groups all but the batch axis",
      got: "2 groups")
    expectProblem(
      input.normalization(alongAxes: [1, 2, 3], groups: 3), rule: "divides the channels",
      got: "3 groups of 4 channels")
  }
}
