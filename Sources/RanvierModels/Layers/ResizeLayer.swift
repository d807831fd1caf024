public import RanvierFunctions
internal import RanvierTensors

/// Images of a given size.
package struct ResizeLayer: Layer {
  package let size: SpatialSizes
  package let method: ResizeMethod
  package let antialias: Bool
  package let alignsCorners: Bool

  package var operation: String { "resize" }
  package var options: [LayerOption] {
    var options = [LayerOption("size", size), LayerOption("method", "\(method)")]
    if !antialias { options.append(LayerOption("antialias", false)) }
    if alignsCorners { options.append(LayerOption("aligns corners", true)) }
    return options
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let result = try inputs[0].spatialOutput(openSize: 2) { resized($0[0]) }
    var output = inputs[0].shape
    let axes = try output.spatialAxes()
    for (axis, size) in zip(1 ... axes, size.repeated(axes) ?? []) { output[axis] = size }
    return LayerSignature(output, elementType: result.elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult { LayerResult(resized(call.input)) }

  private func resized(_ x: Tensor) -> Tensor {
    RanvierFunctions.resize(
      x, to: size.sizes, method: method, antialias: antialias, alignsCorners: alignsCorners)
  }
}

extension Model {
  /// Images of a given size, channel by channel.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output `[batch, size..., channels]`.
  public func resize(
    to size: SpatialSizes, method: ResizeMethod = .nearest, antialias: Bool = true,
    alignsCorners: Bool = false, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(
      ResizeLayer(size: size, method: method, antialias: antialias, alignsCorners: alignsCorners),
      name: name, file, line)
  }
}
