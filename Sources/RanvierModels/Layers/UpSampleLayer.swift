public import RanvierFunctions
internal import RanvierTensors

/// Images enlarged by whole factors.
package struct UpSampleLayer: Layer {
  package let factors: SpatialSizes
  package let method: ResizeMethod

  package var operation: String { "up_sample" }
  package var options: [LayerOption] {
    [LayerOption("factors", factors)]
      + (method == .nearest ? [] : [LayerOption("method", "\(method)")])
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let output = try inputs[0].spatialOutput(openSize: 2) { enlarged($0[0]) }
    return LayerSignature(output.shape, elementType: output.elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult { LayerResult(enlarged(call.input)) }

  private func enlarged(_ x: Tensor) -> Tensor {
    RanvierFunctions.upSample(x, factors: factors.sizes, method: method)
  }
}

extension Model {
  /// Images enlarged by whole factors: elements are repeated, or interpolated by another method.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output
  ///   `[batch, spatial * factor..., channels]`.
  public func upSample(
    _ factors: SpatialSizes = 2, method: ResizeMethod = .nearest, name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(UpSampleLayer(factors: factors, method: method), name: name, file, line)
  }
}
