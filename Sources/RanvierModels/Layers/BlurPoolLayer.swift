public import RanvierFunctions
internal import RanvierTensors

/// A binomial low-pass filter with strides.
package struct BlurPoolLayer: Layer {
  package let filterSize: Int
  package let strides: SpatialSizes
  package let mode: PaddingMode

  package var operation: String { "blur_pool" }
  package var options: [LayerOption] {
    var options = [LayerOption("filter size", filterSize), LayerOption("strides", strides)]
    if mode != .reflect { options.append(LayerOption("mode", "\(mode)")) }
    return options
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let output = try inputs[0].spatialOutput { blurred($0[0]) }
    return LayerSignature(output.shape, elementType: output.elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult { LayerResult(blurred(call.input)) }

  private func blurred(_ x: Tensor) -> Tensor {
    RanvierFunctions.blurPool(x, filterSize: filterSize, strides: strides.sizes, mode: mode)
  }
}

extension Model {
  /// Blurs each channel by binomial weights, and keeps every other position or as strides say.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output `[batch, spatial / stride..., channels]`,
  ///   rounded up.
  /// - Source: Zhang 2019.
  public func blurPool(
    filterSize: Int = 3, strides: SpatialSizes = 2, mode: PaddingMode = .reflect,
    name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      BlurPoolLayer(filterSize: filterSize, strides: strides, mode: mode), name: name, file, line)
  }
}
