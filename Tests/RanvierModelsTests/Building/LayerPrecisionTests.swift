import RanvierFunctions
import RanvierModels
import RanvierTensors
import TestSupport
import Testing

/// Layers whose narrow form is not part of the networks of `PrecisionTests`.
struct LayerPrecisionTests {
  private static let images = Model.input("x", shape: [nil, 6, 6, 4])
  private static let narrow = images.conv(4, kernelSize: 3, padding: .same)
  private static let edges = Tensor([[0, 1, 0], [1, 0, 1], [0, 1, 0]] as [[Float]])

  private static let models: [Model] = [
    narrow.instanceNorm(), narrow.instanceNorm(runningStatistics: true),
    narrow.normalization(alongAxes: [1, 2, 3], groups: 2),
    narrow.rmsNorm(shift: 1, scaleInitializer: .zeros),
    narrow.localResponseNorm(size: 3), images.weightNorm { $0.conv(3, kernelSize: 3) },
    images.spectralNorm { $0.conv(3, kernelSize: 3) }, narrow.bias(),
    narrow.squeezeExcitation(units: 2), narrow.crop(to: 3), narrow.linearTransform(),
    narrow.permuteChannels([3, 1, 0, 2]), narrow.transpose(), narrow.slice(from: 1),
    narrow.split(into: 2)[1], narrow.tile(2, axis: 1), narrow.repeatElements(2, axis: 2),
    narrow.residual { $0.conv(4, kernelSize: 3, padding: .same) },
    Model.stack(narrow, narrow), Model.maximum(narrow, narrow), Model.average(narrow, narrow),
    Model.bilinear(narrow, narrow, units: 3),
    narrow.reshape([36, 4]).slice(from: 0, to: 3)
      .graphConvolution(2, adjacency: .constant(edges)),
    narrow.dropout(), narrow.spatialDropout(), narrow.alphaDropout(),
    narrow.blockDropout(blockSize: 2), narrow.gaussianDropout(),
    narrow.gaussianNoise(standardDeviation: 0.1),
  ]

  @Test(arguments: models.indices)
  func `bf16 gives f32 outputs, state and gradients close to those of full precision`(
    index: Int
  ) throws {
    let model = Self.models[index]
    let x = randomInput([2, 6, 6, 4])
    func train(_ precision: Precision) throws -> (TrainingResult, Parameters) {
      let (initialize, predict) = try model.build(mode: .training, precision: precision)
      let state = try initialize(seed: 1)
      let result = try valueWithGradient(at: state.parameters) { parameters in
        let result = try predict(
          ModelState(parameters: parameters, layerState: state.layerState), x,
          key: RandomKey(seed: 3))
        let weights = RandomKey(seed: 5).normal(result.output.shape)
        return ((result.output * weights).sum(), result)
      }
      return (result.auxiliary, result.gradient)
    }
    let (narrow, narrowSlopes) = try train(.mixedBFloat16)
    let (full, slopes) = try train(.full)
    #expect(narrow.output.elementType == .float32)
    expectClose(narrow.output, full.output, relative: 0.05, absolute: 0.08, "\(index)")
    for (path, tensor) in narrow.layerState {
      #expect(tensor.elementType == .float32)
      expectClose(tensor, full.layerState[path], relative: 0.05, absolute: 0.03, path)
    }
    for (path, slope) in narrowSlopes {
      #expect(slope.elementType == .float32, "\(path)")
      func length(_ x: Tensor) -> Double { sqrt(square(x).sum()).scalar(as: Double.self) }
      #expect(length(slope - slopes[path]) <= 0.06 * length(slopes[path]) + 0.1, "\(path)")
    }
  }
}
