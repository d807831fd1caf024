import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct KernelNormLayerTests {
  let input = Model.input(shape: [nil, 5])
  let x = randomInput([3, 5])

  @Test func `weight norm makes the kernel of directions and magnitudes`() throws {
    let model = input.weightNorm { $0.dense(4, activation: .relu).dense(2) }.dense(1)
    #expect(
      try model.parameterPaths() == [
        "dense_0/kernel_direction", "dense_0/kernel_magnitude", "dense_0/bias",
        "dense_1/kernel_direction", "dense_1/kernel_magnitude", "dense_1/bias", "dense_2/kernel",
        "dense_2/bias",
      ])
    let (initialize, predict) = try model.build()
    let state = try initialize(seed: 1)
    let p = state.parameters
    #expect(p["dense_0/kernel_magnitude"] == Tensor.ones([4]))
    func kernel(_ path: String) -> Tensor {
      weightNorm(p["\(path)/kernel_direction"], magnitude: p["\(path)/kernel_magnitude"])
    }
    let hidden = dense(relu(dense(x, kernel("dense_0"))), kernel("dense_1"))
    expectClose(try predict(state, x), dense(hidden, p["dense_2/kernel"]))
  }

  @Test func `weight norm learns both`() throws {
    let model = input.weightNorm { $0.dense(4) }
    let (initialize, train) = try model.build(mode: .training)
    let state = try initialize(seed: 1)
    let x = x
    let slopes = try valueWithGradient(at: state.parameters) { parameters in
      let result = try train(ModelState(parameters: parameters), x, key: RandomKey(seed: 1))
      return (square(result.output).sum(), result)
    }.gradient
    for (path, slope) in slopes {
      #expect(abs(slope).max().scalar(as: Float.self) > 1e-3, "\(path)")
    }
  }

  @Test func `convolutions have a direction for each filter`() throws {
    let images = Model.input(shape: [nil, 4, 4, 3])
    let model = images.weightNorm { $0.conv(6, kernelSize: 3, groups: 3) }
    let shapes = try model.outputSignature().parameters.map(\.shape)
    #expect(shapes == [[3, 3, 1, 6], [6], [6]])
  }

  @Test func `spectral norm keeps vectors as state, which training improves`() throws {
    let model = input.spectralNorm { $0.dense(4, useBias: false) }
    let (initialize, train) = try model.build(mode: .training)
    var state = try initialize(seed: 1)
    #expect(state.layerState.paths == ["dense_0/kernel_left", "dense_0/kernel_right"])
    expectClose(state.layerState["dense_0/kernel_left"].norm(), Tensor(Float(1)))
    let kernel = state.parameters["dense_0/kernel"]
    let predict = try model.build().predict
    #expect(isFinite(try predict(state, x)).all().scalar(as: Bool.self))
    for _ in 0 ..< 2 {
      let (left, right) = (
        state.layerState["dense_0/kernel_left"], state.layerState["dense_0/kernel_right"]
      )
      let step = spectralNormTraining(kernel, left: left, right: right)
      let result = try train(state, x, key: RandomKey(seed: 1))
      expectClose(result.output, dense(x, step.output), absolute: 1e-5)
      expectClose(result.layerState["dense_0/kernel_left"], step.left, absolute: 1e-5)
      expectClose(result.layerState["dense_0/kernel_right"], step.right, absolute: 1e-5)
      state.layerState = result.layerState
      expectClose(try predict(state, x), result.output, absolute: 1e-5)
    }
    for _ in 0 ..< 100 {
      state.layerState = try train(state, x, key: RandomKey(seed: 1)).layerState
    }
    let normalized = try predict(
      state,
      Tensor(
        [0, 1, 2, 3, 4].map { position in
          (0 ..< 5).map { $0 == position ? 1 : 0 as Float }
        }))
    let values = symmetricEigen(matmul(normalized.transposed(), normalized)).values
    expectClose(values.max(), Tensor(Float(1)), relative: 1e-4)
  }

  @Test func `iterations are an option, and inner functions count`() throws {
    let several = input.spectralNorm(iterations: 3) { $0.dense(4) }
    #expect(several == input.spectralNorm(iterations: 3) { $0.dense(4) })
    #expect(several != input.spectralNorm { $0.dense(4) })
    #expect(several != input.dense(4))
    expectProblem(
      input.spectralNorm(iterations: 0) { $0.dense(4) }, rule: "at least one iteration", got: "0")
    let nested = input.spectralNorm { $0.weightNorm { $0.dense(4) }.dense(2) }
    #expect(
      try nested.parameterPaths() == [
        "dense_0/kernel_direction", "dense_0/kernel_magnitude", "dense_0/bias", "dense_1/kernel",
        "dense_1/bias",
      ])
    #expect(try nested.output(for: x).shape == [3, 2])
  }

  @Test func `layers without a kernel, and layers from outside, stay as they are`() throws {
    let outside = input.dense(3)
    for model in [
      input.weightNorm { Model.add($0.dense(3).batchNorm().relu(), outside) },
      input.spectralNorm { Model.add($0.dense(3).batchNorm().relu(), outside) },
    ] {
      let paths = try model.parameterPaths()
      #expect(paths.contains("dense_0/kernel") && paths.contains("batch_norm_0/scale"))
      let (initialize, train) = try model.build(mode: .training)
      let result = try train(initialize(seed: 1), x, key: RandomKey(seed: 1))
      #expect(result.output.shape == [3, 3])
      #expect(result.layerState.contains("batch_norm_0/mean"))
    }
  }
}
