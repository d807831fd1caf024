public import RanvierFunctions
internal import RanvierTensors

/// A border around the spatial axes.
package struct PadLayer: Layer {
  package let low: SpatialSizes
  package let high: SpatialSizes
  package let mode: PaddingMode

  package var operation: String { "pad" }
  package var options: [LayerOption] {
    let border = low == high ? "\(low)" : "\(low) before, \(high) after"
    return [LayerOption("border", border), LayerOption("mode", "\(mode)")]
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let axes = try inputs[0].shape.spatialAxes()
    guard let low = low.repeated(axes), let high = high.repeated(axes),
      (low + high).allSatisfy({ (0 ..< 1 << 28).contains($0) })
    else {
      throw LayerProblem(
        "borders that are not negative, one for all \(axes) spatial axes or one for each",
        got: "\(options[0].value) for \(inputs[0].shape)")
    }
    // Known sizes show whether the border fits; open ones are as large as it takes.
    let largest = (low + high).reduce(1, max)
    let output = try inputs[0].spatialOutput(openSize: largest + 1) { padded($0[0]) }
    return LayerSignature(output.shape, elementType: output.elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult { LayerResult(padded(call.input)) }

  private func padded(_ x: Tensor) -> Tensor {
    let axes = x.rank - 2
    let borders = zip(low.repeated(axes) ?? [], high.repeated(axes) ?? [])
    return x.padded([(0, 0)] + borders.map { ($0, $1) } + [(0, 0)], mode: mode)
  }
}

extension Model {
  /// A border around all spatial axes.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output
  ///   `[batch, spatial + 2 * border..., channels]`.
  public func pad(
    _ border: SpatialSizes, mode: PaddingMode = .constant(0), name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(PadLayer(low: border, high: border, mode: mode), name: name, file, line)
  }

  /// A border around all spatial axes, `low` positions before and `high` after them.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output
  ///   `[batch, spatial + low + high..., channels]`.
  public func pad(
    low: SpatialSizes, high: SpatialSizes, mode: PaddingMode = .constant(0), name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(PadLayer(low: low, high: high, mode: mode), name: name, file, line)
  }
}
