import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct InstanceNormLayerTests {
  let x = randomInput([3, 5, 2, 4]) * 3 + 1
  let input = Model.input(shape: [nil, 5, 2, 4])

  @Test func `has no state, and training is prediction`() throws {
    let model = input.instanceNorm(epsilon: 1e-3)
    let (initialize, predict) = try model.build()
    let state = try initialize(seed: 1)
    #expect(state.layerState.isEmpty)
    #expect(state.parameters["instance_norm_0/scale"] == Tensor.ones([4]))
    #expect(state.parameters["instance_norm_0/offset"] == Tensor.zeros([4]))
    let expected = instanceNorm(x, epsilon: 1e-3)
    expectClose(try predict(state, x), expected)
    let train = try model.build(mode: .training).predict
    expectClose(try train(state, x, key: RandomKey(seed: 1)).output, expected)
  }

  @Test func `running statistics have a number for each channel, whatever the batch`() throws {
    let model = input.instanceNorm(
      runningStatistics: true, momentum: 0.75, runningVariance: .unbiased)
    let (initialize, train) = try model.build(mode: .training)
    var state = try initialize(seed: 1)
    for batch in [3, 1, 2] {
      let result = try train(state, x[0 ..< batch], key: RandomKey(seed: 1))
      expectClose(result.output, instanceNorm(x[0 ..< batch]))
      let mean = x[0 ..< batch].mean(alongAxes: [0, 1, 2])
      let variance = x[0 ..< batch].variance(alongAxes: [1, 2], correction: 1).mean(alongAxes: [0])
      expectClose(
        result.layerState["instance_norm_0/mean"],
        state.layerState["instance_norm_0/mean"] * 0.75 + mean * 0.25)
      expectClose(
        result.layerState["instance_norm_0/variance"],
        state.layerState["instance_norm_0/variance"] * 0.75 + variance * 0.25)
      state.layerState = result.layerState
    }
    let predict = try model.build().predict
    expectClose(
      try predict(state, x),
      batchNorm(
        x, mean: state.layerState["instance_norm_0/mean"],
        variance: state.layerState["instance_norm_0/variance"]))
  }

  @Test func `shows its options`() throws {
    let model = input.instanceNorm(
      runningStatistics: true, momentum: 0.5, scaleInitializer: nil, offsetInitializer: nil)
    #expect(try model.parameterPaths().isEmpty)
    #expect(
      try model.summary().rows.last?.options
        == ["running statistics: true", "momentum: 0.5", "scale: false", "offset: false"])
    #expect(try model.output(for: x).shape == [3, 5, 2, 4])
  }

  @Test func `refuses inputs and options that do not fit`() {
    expectProblem(
      Model.input(shape: [nil, 4]).instanceNorm(), rule: "1 to 3 spatial axes", got: "[nil, 4]")
    expectProblem(
      Model.input(shape: [nil, 3, nil]).instanceNorm(), rule: "known channels",
      got: "[nil, 3, nil]")
    expectProblem(input.instanceNorm(epsilon: 0), rule: "positive epsilon", got: "epsilon 0.0")
    expectProblem(
      input.instanceNorm(runningStatistics: true, momentum: 1), rule: "momentum in 0 ..< 1",
      got: "momentum 1.0")
    expectProblem(
      Model.input(shape: [nil, 3, 4], elementType: .int32).instanceNorm(),
      rule: "floating-point", got: "i32[nil, 3, 4]")
  }
}
