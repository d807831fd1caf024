internal import RanvierFunctions
internal import RanvierTensors

/// The maximum or mean over all spatial axes.
package struct GlobalPoolLayer: Layer {
  package let findsMaximum: Bool

  package var operation: String { findsMaximum ? "global_max_pool" : "global_average_pool" }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let input = inputs[0].shape
    _ = try input.spatialAxes()
    let result = try recordedType([inputs[0].type()]) { pooled($0[0]) }
    return LayerSignature([input[0], input[-1]], elementType: result.elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    LayerResult(pooled(call.input))
  }

  private func pooled(_ x: Tensor) -> Tensor {
    findsMaximum ? RanvierFunctions.globalMaxPool(x) : RanvierFunctions.globalAveragePool(x)
  }
}

extension Model {
  /// The mean of each channel over all spatial positions.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output `[batch, channels]`.
  public func globalAveragePool(
    name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(GlobalPoolLayer(findsMaximum: false), name: name, file, line)
  }

  /// The largest value of each channel over all spatial positions.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output `[batch, channels]`.
  public func globalMaxPool(
    name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(GlobalPoolLayer(findsMaximum: true), name: name, file, line)
  }
}
