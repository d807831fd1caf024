import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

struct NoiseLayerTests {
  static let input = Model.input(shape: [nil, 6, 6, 8])
  static let layers: [(model: Model, function: @Sendable (Tensor, RandomKey) -> Tensor)] = [
    (input.dropout(rate: 0.3), { dropout($0, rate: 0.3, key: $1) }),
    (
      input.dropout(rate: 0.3, sharedAxes: [1], maskValue: 2, scale: 3, shift: 1),
      { dropout($0, rate: 0.3, sharedAxes: [1], maskValue: 2, scale: 3, shift: 1, key: $1) }
    ),
    (input.spatialDropout(rate: 0.3), { spatialDropout($0, rate: 0.3, key: $1) }),
    (input.alphaDropout(rate: 0.3), { alphaDropout($0, rate: 0.3, key: $1) }),
    (input.featureAlphaDropout(rate: 0.3), { featureAlphaDropout($0, rate: 0.3, key: $1) }),
    (
      input.blockDropout(rate: 0.3, blockSize: 2),
      { blockDropout($0, rate: 0.3, blockSize: 2, key: $1) }
    ),
    (input.gaussianDropout(rate: 0.3), { gaussianDropout($0, rate: 0.3, key: $1) }),
    (
      input.gaussianNoise(standardDeviation: 0.3),
      { gaussianNoise($0, standardDeviation: 0.3, key: $1) }
    ),
  ]
  let x = randomInput([3, 6, 6, 8])
  let empty = ModelState(parameters: [:])

  // Neuron scales once more in prediction.
  @Test(arguments: layers.indices) func `is the identity in prediction`(index: Int) throws {
    #expect(try Self.layers[index].model.output(for: x) == x)
  }

  // Axon takes the wall clock at the layer's declaration.
  @Test(arguments: layers.indices) func `in training the key decides, by the layer's path`(
    index: Int
  ) throws {
    let (model, function) = Self.layers[index]
    let train = try model.build(mode: .training).predict
    let key = RandomKey(seed: 1)
    let output = try train(empty, x, key: key).output
    let path = try #require(try model.paths().last)
    expectClose(output, function(x, key.derived(path)))
    #expect(try train(empty, x, key: key).output == output)
    #expect(try train(empty, x, key: RandomKey(seed: 2)).output != output)
  }

  // Axon's states for prediction lack the keys of its layers.
  @Test(arguments: layers.indices) func `the first state is the same in every mode`(
    index: Int
  ) throws {
    let model = Self.layers[index].model.flatten().dense(3)
    let state = try model.build().initialize(seed: 1)
    #expect(try model.build(mode: .training).initialize(seed: 1) == state)
    let train = try model.build(mode: .training).predict
    #expect(try train(state, x, key: RandomKey(seed: 1)).output.shape == [3, 3])
  }

  @Test func `two layers draw by themselves`() throws {
    for (first, second) in [
      (Self.input.spatialDropout(), Self.input.spatialDropout()),
      (
        Self.input.gaussianNoise(standardDeviation: 1),
        Self.input.gaussianNoise(standardDeviation: 1)
      ),
    ] {
      let train = try Model.subtract(first, second).build(mode: .training).predict
      let difference = try train(empty, x, key: RandomKey(seed: 1)).output
      #expect(difference != Tensor.zeros(x.shape))
    }
  }

  @Test func `shows its options`() throws {
    let options = try Self.layers.map { try $0.model.summary().rows.last?.options ?? [] }
    #expect(
      options == [
        ["rate: 0.3"],
        ["rate: 0.3", "shared axes: [1]", "mask value: 2.0", "scale: 3.0", "shift: 1.0"],
        ["rate: 0.3"], ["rate: 0.3"], ["rate: 0.3"], ["rate: 0.3", "block size: 2"],
        ["rate: 0.3"], ["standard deviation: 0.3"],
      ])
  }

  @Test func `refuses inputs and options that do not fit`() {
    let (images, rows) = (Self.input, Model.input(shape: [nil, 8]))
    for model in [
      images.spatialDropout(rate: 1), images.alphaDropout(rate: 1),
      images.featureAlphaDropout(rate: 1), images.blockDropout(rate: 1, blockSize: 2),
      images.gaussianDropout(rate: 1),
    ] {
      expectProblem(model, rule: "a rate in 0 ..< 1", got: "1.0", hint: "dropped")
    }
    for model in [rows.spatialDropout(), rows.featureAlphaDropout(), rows.blockDropout()] {
      expectProblem(model, rule: "1 to 3 spatial axes", got: "[nil, 8]")
    }
    for size in [0, 7] {
      expectProblem(
        images.blockDropout(blockSize: size), rule: "block size within the spatial sizes",
        got: "\(size) for [nil, 6, 6, 8]")
    }
    expectProblem(
      images.gaussianNoise(standardDeviation: -1), rule: "not negative", got: "-1.0")
    expectProblem(
      images.dropout(sharedAxes: [4]), rule: "different axes", got: "shared axes [4]")
    expectProblem(
      images.dropout(maskValue: .infinity), rule: "finite mask value", got: "inf")
    expectProblem(
      Model.input(shape: [nil, 8], elementType: .int32).gaussianNoise(standardDeviation: 1),
      rule: "floating-point", got: "i32[nil, 8]")
  }
}
