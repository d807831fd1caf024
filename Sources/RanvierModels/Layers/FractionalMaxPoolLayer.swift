internal import RanvierFunctions
internal import RanvierTensors

/// The maximum of windows at distances that vary at random while training.
package struct FractionalMaxPoolLayer: Layer {
  package let windowSize: SpatialSizes
  package let outputSize: SpatialSizes

  package var operation: String { "fractional_max_pool" }
  package var options: [LayerOption] {
    [LayerOption("window size", windowSize), LayerOption("output size", outputSize)]
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    try inputs[0].checkNumbers()
    let result = try inputs[0].spatialOutput { pooled($0[0], key: nil) }
    var output = inputs[0].shape
    let axes = try output.spatialAxes()
    for (axis, size) in zip(1 ... axes, outputSize.repeated(axes) ?? []) { output[axis] = size }
    return LayerSignature(output, elementType: result.elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    LayerResult(pooled(call.input, key: call.key))
  }

  private func pooled(_ x: Tensor, key: RandomKey?) -> Tensor {
    let (window, size) = (windowSize.sizes, outputSize.sizes)
    if let key {
      return RanvierFunctions.fractionalMaxPool(x, windowSize: window, outputSize: size, key: key)
    }
    let samples = Tensor(
      repeating: 0.5, shape: [1, Swift.max(x.rank - 2, 0), 1], elementType: .float32)
    return RanvierFunctions.fractionalMaxPool(
      x, windowSize: window, outputSize: size, samples: samples)
  }
}

extension Model {
  /// The largest value of each of a given number of windows, which are placed at random while
  /// training, for each example and channel, and evenly in prediction.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output `[batch, outputSize..., channels]`.
  /// - Source: Graham 2014.
  public func fractionalMaxPool(
    _ windowSize: SpatialSizes = 2, outputSize: SpatialSizes, name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      FractionalMaxPoolLayer(windowSize: windowSize, outputSize: outputSize), name: name, file,
      line)
  }
}
