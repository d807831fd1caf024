public import RanvierFunctions
internal import RanvierTensors

/// The maximum, mean or norm of a given number of bins.
package struct AdaptivePoolLayer: Layer {
  package let measure: PoolMeasure
  package let outputSize: SpatialSizes
  package let windows: AdaptiveWindows

  package var operation: String { "adaptive_\(measure.prefix)_pool" }
  package var options: [LayerOption] {
    [LayerOption("output size", outputSize)] + measure.options
      + (windows == .balanced ? [] : [LayerOption("windows", "\(windows)")])
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    try inputs[0].checkNumbers()
    let result = try inputs[0].spatialOutput { pooled($0[0]) }
    var output = inputs[0].shape
    let axes = try output.spatialAxes()
    // Open sizes become known.
    for (axis, size) in zip(1 ... axes, outputSize.repeated(axes) ?? []) { output[axis] = size }
    return LayerSignature(output, elementType: result.elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult { LayerResult(pooled(call.input)) }

  private func pooled(_ x: Tensor) -> Tensor {
    let size = outputSize.sizes
    return switch measure {
    case .maximum: RanvierFunctions.adaptiveMaxPool(x, outputSize: size, windows: windows)
    case .average: RanvierFunctions.adaptiveAveragePool(x, outputSize: size, windows: windows)
    case .norm(let order):
      RanvierFunctions.adaptiveLpPool(x, outputSize: size, norm: order, windows: windows)
    }
  }
}

extension Model {
  /// The mean of each of a given number of bins, channel by channel; bins are as equal as can be
  /// unless `windows` says otherwise.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output `[batch, outputSize..., channels]`.
  public func adaptiveAveragePool(
    _ outputSize: SpatialSizes, windows: AdaptiveWindows = .balanced, name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      AdaptivePoolLayer(measure: .average, outputSize: outputSize, windows: windows),
      name: name, file, line)
  }

  /// The largest value of each of a given number of bins, channel by channel; bins are as equal as
  /// can be unless `windows` says otherwise.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output `[batch, outputSize..., channels]`.
  public func adaptiveMaxPool(
    _ outputSize: SpatialSizes, windows: AdaptiveWindows = .balanced, name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      AdaptivePoolLayer(measure: .maximum, outputSize: outputSize, windows: windows),
      name: name, file, line)
  }

  /// The p-norm of each of a given number of bins, `sum(|x|^p)^(1/p)`, channel by channel; bins are
  /// as equal as can be unless `windows` says otherwise.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output `[batch, outputSize..., channels]`.
  /// - Parameters:
  ///   - outputSize: The number of bins along each axis, or one number for all.
  ///   - norm: The order p, above 0.
  ///   - windows: How bins are chosen.
  ///   - name: A name in paths.
  ///   - file: Where the layer is written.
  ///   - line: Where the layer is written.
  public func adaptiveLpPool(
    _ outputSize: SpatialSizes, norm: Double = 2, windows: AdaptiveWindows = .balanced,
    name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      AdaptivePoolLayer(measure: .norm(norm), outputSize: outputSize, windows: windows),
      name: name, file, line)
  }
}
