import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

/// Shapes and types found without data are those that data have.
struct ResolvedModelTests {
  /// A random layer that fits the shape, if it likes it.
  private func step(
    _ model: Model, _ shape: DynamicShape, _ generator: inout TestGenerator
  ) -> Model {
    let size = Int.random(in: 1 ... 3, using: &generator)
    let stride = Int.random(in: 1 ... 2, using: &generator)
    let padding: Padding =
      [.valid, .same, .explicit(low: [1], high: [0])]
      .randomElement(using: &generator) ?? .valid
    switch Int.random(in: 0 ..< 12, using: &generator) {
    case 0: return model.dense(size, activation: .tanh)
    case 1:
      return model.conv(
        size * 2, kernelSize: .init(size), strides: .init(stride), padding: padding,
        dilation: .init(3 - stride))
    case 2: return model.maxPool(.init(size), strides: .init(stride), padding: padding)
    case 3: return model.averagePool(.init(size), strides: .init(stride), padding: padding)
    case 4: return model.batchNorm()
    case 5: return model.activation(Activation.catalog.randomElement(using: &generator) ?? .relu)
    case 6: return Model.concatenate(model, model.dense(size), axis: -1)
    case 7: return Model.add(model, model.dense(1), model)
    case 8: return model.dropout()
    case 9: return model.reshape([-1, 1])
    case 10: return model.globalAveragePool()
    default: return model.flatten()
    }
  }

  @Test(arguments: 0 ..< 60) func `random models give what was resolved`(_ index: Int) throws {
    var generator = TestGenerator(salt: "resolved \(index)")
    let rank = Int.random(in: 2 ... 5, using: &generator)
    let sizes = [nil] + (1 ..< rank).map { _ in Int.random(in: 3 ... 7, using: &generator) }
    let type: ElementType =
      [.float32, .float32, .float64, .float16].randomElement(using: &generator) ?? .float32
    var model = Model.input("x", shape: DynamicShape(sizes), elementType: type)
    for _ in 0 ..< 6 {
      let next = step(model, try model.outputShape(), &generator)
      if next.problems().isEmpty { model = next }
    }
    let signature = try model.outputSignature()
    let note = "\(try model.paths()), \(seedNote())"
    let (initialize, predict) = try model.build()
    let (_, train) = try model.build(mode: .training)
    let state = try initialize(seed: 1)
    for batch in [1, 2, 5] {
      let shape = DynamicShape(sizes).filled(with: batch)
      let x = Tensor.random(shape, using: &generator).cast(to: type)
      let output = try predict(state, x)
      var expected = signature.output.shape
      expected[0] = batch
      #expect(DynamicShape(output.shape) == expected, "\(note)")
      #expect(output.elementType == signature.output.elementType, "\(note)")
      let result = try train(state, x, key: RandomKey(seed: 1))
      #expect(result.output.type == output.type, "\(note)")
      #expect(result.layerState.paths == state.layerState.paths, "\(note)")
    }
  }

  @Test(arguments: ElementType.allCases)
  func `every layer takes an element type as announced or refuses it`(_ type: ElementType) throws {
    let x = Model.input("x", shape: [nil, 4, 4, 2], elementType: type)
    let models =
      [
        x.dense(2), x.conv(2), x.maxPool(), x.averagePool(), x.globalMaxPool(),
        x.globalAveragePool(), x.flatten(), x.reshape([-1]), Model.add(x, x), Model.subtract(x, x),
        Model.multiply(x, x), Model.concatenate(x, x), x.batchNorm(), x.dropout(),
      ] + Activation.catalog.map { x.activation($0) }
    for model in models where model.problems().isEmpty {
      let path = try model.paths().last ?? ""
      let expected = try model.outputSignature().output.elementType
      let input = Tensor.ones([2, 4, 4, 2], elementType: type)
      let (initialize, predict) = try model.build()
      #expect(try predict(initialize(seed: 1), input).elementType == expected, "\(path) of \(type)")
      let (_, train) = try model.build(mode: .training)
      let result = try train(initialize(seed: 1), input, key: RandomKey(seed: 1))
      #expect(result.output.elementType == expected, "\(path) of \(type)")
    }
  }
}
