import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct InitializeTests {
  private let model = Model.input("x", shape: [nil, 6]).dense(6).batchNorm().dropout().dense(6)

  @Test func `the mode makes no difference`() throws {
    let state = try model.build().initialize(seed: 7)
    #expect(try model.build(mode: .training).initialize(seed: 7) == state)
    #expect(try model.build().initialize(key: RandomKey(seed: 7)) == state)
  }

  @Test func `equal seeds give equal bits, other seeds others`() throws {
    let (initialize, _) = try model.build()
    let state = try initialize(seed: 7)
    #expect(try initialize(seed: 7) == state)
    #expect(try model.build().initialize(seed: 7) == state)
    let other = try initialize(seed: 8)
    #expect(other.parameters["dense_0/kernel"] != state.parameters["dense_0/kernel"])
  }

  @Test func `parameters of equal shapes differ, whatever else the model has`() throws {
    let state = try model.build().initialize(seed: 7)
    #expect(state.parameters["dense_0/kernel"] != state.parameters["dense_1/kernel"])
    // A parameter's values depend on seed and path alone.
    let shorter = try Model.input("other", shape: [nil, 6]).dense(6).build().initialize(seed: 7)
    #expect(shorter.parameters["dense_0/kernel"] == state.parameters["dense_0/kernel"])
  }

  @Test func `biases are zero, kernels within the limit of Glorot`() throws {
    let state = try Model.input(shape: [nil, 50]).dense(100).build().initialize(seed: 7)
    #expect(state.parameters["dense_0/bias"] == Tensor.zeros([100]))
    let kernel = state.parameters["dense_0/kernel"].scalars(as: Double.self)
    let limit = (6.0 / 150).squareRoot()
    #expect(kernel.allSatisfy { abs($0) <= limit })
    let largest = kernel.map(abs).max() ?? 0
    #expect(largest > 0.99 * limit)
    #expect(abs(kernel.reduce(0, +) / 5000) < 0.01 * limit * 5)
  }

  @Test func `paths are in the order of the layers`() throws {
    let state = try model.build().initialize(seed: 7)
    #expect(
      state.parameters.paths == [
        "dense_0/kernel", "dense_0/bias", "batch_norm_0/scale", "batch_norm_0/offset",
        "dense_1/kernel", "dense_1/bias",
      ])
    #expect(state.layerState.paths == ["batch_norm_0/mean", "batch_norm_0/variance"])
    #expect(state.frozen.isEmpty)
  }

  @Test func `an initializer of the wrong shape is named`() throws {
    let wrong = Initializer("wrong") { _, _, _, _ in Tensor.zeros([1]) }
    let (initialize, _) = try Model.input(shape: [nil, 2]).dense(3, kernelInitializer: wrong)
      .build()
    let error = #expect(throws: ModelError.self) { try initialize(seed: 1) }
    #expect(
      error?.description
        == "dense_0/kernel: needs an initializer that gives f32[2, 3], got f32[1]")
  }
}
