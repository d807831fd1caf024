import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct BatchNormLayerTests {
  let x = randomInput([8, 3, 4]) * 3 + 1

  @Test func `prediction uses the running statistics`() throws {
    let (initialize, predict) = try Model.input(shape: [nil, 3, 4]).batchNorm(epsilon: 1e-3).build()
    var state = try initialize(seed: 1)
    #expect(state.parameters["batch_norm_0/scale"] == Tensor.ones([4]))
    #expect(state.parameters["batch_norm_0/offset"] == Tensor.zeros([4]))
    #expect(state.layerState["batch_norm_0/mean"] == Tensor.zeros([4]))
    #expect(state.layerState["batch_norm_0/variance"] == Tensor.ones([4]))
    expectClose(try predict(state, x), x / Float(1.001).squareRoot())
    state.layerState["batch_norm_0/mean"] = Tensor([1, 2, 3, 4] as [Float])
    state.parameters["batch_norm_0/scale"] = Tensor([2, 2, 2, 2] as [Float])
    expectClose(
      try predict(state, x),
      (x - Tensor([1, 2, 3, 4] as [Float])) / Float(1.001).squareRoot() * 2)
  }

  @Test func `training uses the batch and returns new statistics`() throws {
    let (initialize, train) = try Model.input(shape: [nil, 3, 4]).batchNorm(momentum: 0.75)
      .build(mode: .training)
    let state = try initialize(seed: 1)
    let result = try train(state, x, key: RandomKey(seed: 1))
    let batch = batchNormTraining(x)
    expectClose(result.output, batch.output)
    expectClose(result.layerState["batch_norm_0/mean"], batch.mean * 0.25)
    expectClose(result.layerState["batch_norm_0/variance"], batch.variance * 0.25 + 0.75)
    #expect(result.layerState.paths == state.layerState.paths)
    #expect(state.layerState["batch_norm_0/mean"] == Tensor.zeros([4]), "states are values")
  }

  @Test func `one channel works over several steps`() throws {
    let (initialize, train) = try Model.input(shape: [nil, 1]).batchNorm().build(mode: .training)
    var state = try initialize(seed: 1)
    for step in 0 ..< 3 {
      let result = try train(state, randomInput([4, 1]), key: RandomKey(seed: UInt64(step)))
      state.layerState = result.layerState
      #expect(state.layerState["batch_norm_0/mean"].shape == [1])
    }
  }

  // Axon keeps 0.1 * old + 0.9 * new of the biased variance, PyTorch 0.9 and 0.1 of the unbiased.
  @Test func `momentum and variance may be Axon's or PyTorch's`() throws {
    let key = RandomKey(seed: 1)
    func variance(_ momentum: Double, _ kind: VarianceEstimate) throws -> Tensor {
      let model = Model.input(shape: [nil, 3, 4])
        .batchNorm(momentum: momentum, runningVariance: kind)
      let (initialize, train) = try model.build(mode: .training)
      return try train(initialize(seed: 1), x, key: key).layerState["batch_norm_0/variance"]
    }
    let flat = x.reshaped(to: [24, 4])
    expectClose(try variance(0.1, .biased), flat.variance(alongAxes: [0]) * 0.9 + 0.1)
    expectClose(
      try variance(0.9, .unbiased), flat.variance(alongAxes: [0], correction: 1) * 0.1 + 0.9)
    #expect(
      try Model.input(shape: [nil, 3, 4]).batchNorm(momentum: 0.1, runningVariance: .unbiased)
        .summary().rows.last?.options == ["momentum: 0.1", "running variance: unbiased"])
  }

  @Test func `refuses inputs and options that do not fit`() {
    let input = Model.input(shape: [nil, 4])
    expectProblem(Model.input(shape: [4]).batchNorm(), rule: "[batch, ..., channels]", got: "[4]")
    expectProblem(
      Model.input(shape: [nil, nil]).batchNorm(), rule: "known channels", got: "[nil, nil]")
    expectProblem(input.batchNorm(epsilon: 0), rule: "positive epsilon", got: "epsilon 0.0")
    expectProblem(input.batchNorm(epsilon: .nan), rule: "positive epsilon", got: "nan")
    expectProblem(input.batchNorm(momentum: 1), rule: "momentum in 0 ..< 1", got: "momentum 1.0")
    expectProblem(
      Model.input(shape: [nil, 4], elementType: .int32).batchNorm(), rule: "floating-point",
      got: "i32[nil, 4]")
  }

  @Test func `keeps the input's element type`() throws {
    for type in [ElementType.float16, .bfloat16, .float64] {
      let model = Model.input(shape: [nil, 4], elementType: type).batchNorm()
      #expect(try model.outputSignature().output.elementType == type)
      #expect(try model.output(for: .ones([2, 4], elementType: type)).elementType == type)
    }
  }
}
