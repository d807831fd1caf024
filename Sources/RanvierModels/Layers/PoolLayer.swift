public import RanvierFunctions
internal import RanvierTensors

/// The maximum, mean or norm of windows.
package struct PoolLayer: Layer {
  package enum Kind: Sendable, Hashable { case maximum, average(countsPadding: Bool), norm(Double) }

  package let kind: Kind
  package let windowSize: SpatialSizes
  package let strides: SpatialSizes
  package let padding: Padding
  package let dilation: SpatialSizes

  package var operation: String {
    switch kind {
    case .maximum: "max_pool"
    case .average: "average_pool"
    case .norm: "lp_pool"
    }
  }

  package var options: [LayerOption] {
    var options = [LayerOption("window size", windowSize)]
    if strides != windowSize { options.append(LayerOption("strides", strides)) }
    if padding != .valid { options.append(LayerOption("padding", padding.summary)) }
    if dilation != 1 { options.append(LayerOption("dilation", dilation)) }
    switch kind {
    case .average(countsPadding: true): options.append(LayerOption("counts padding", true))
    case .norm(let order): options.append(LayerOption("norm", order))
    case .maximum, .average: break
    }
    return options
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let output = try inputs[0].shape.windowed(
      operation, size: windowSize, strides: strides, padding: padding, dilation: dilation)
    try inputs[0].checkNumbers()
    let point = TensorType(
      inputs[0].elementType, Shape([Int](repeating: 1, count: inputs[0].shape.rank)))
    let result = try recordedType([point]) {
      switch kind {
      case .maximum: RanvierFunctions.maxPool($0[0], windowSize: [1])
      case .average: RanvierFunctions.averagePool($0[0], windowSize: [1])
      case .norm(let order): RanvierFunctions.lpPool($0[0], windowSize: [1], norm: order)
      }
    }
    return LayerSignature(output, elementType: result.elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    switch kind {
    case .maximum:
      LayerResult(
        RanvierFunctions.maxPool(
          call.input, windowSize: windowSize.sizes, strides: strides.sizes, padding: padding,
          dilation: dilation.sizes))
    case .average(let countsPadding):
      LayerResult(
        RanvierFunctions.averagePool(
          call.input, windowSize: windowSize.sizes, strides: strides.sizes, padding: padding,
          dilation: dilation.sizes, countsPadding: countsPadding))
    case .norm(let order):
      LayerResult(
        RanvierFunctions.lpPool(
          call.input, windowSize: windowSize.sizes, norm: order, strides: strides.sizes,
          padding: padding, dilation: dilation.sizes))
    }
  }
}

extension Model {
  /// The largest value of each window, channel by channel; windows do not overlap unless strides
  /// say so.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output `[batch, spatial..., channels]`.
  public func maxPool(
    _ windowSize: SpatialSizes = 2, strides: SpatialSizes? = nil, padding: Padding = .valid,
    dilation: SpatialSizes = 1, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(
      PoolLayer(
        kind: .maximum, windowSize: windowSize, strides: strides ?? windowSize, padding: padding,
        dilation: dilation), name: name, file, line)
  }

  /// The mean of each window, channel by channel; windows do not overlap unless strides say so.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output `[batch, spatial..., channels]`.
  /// - Parameter countsPadding: Whether padding counts as zeros; by default means are of the
  ///   input's values alone.
  public func averagePool(
    _ windowSize: SpatialSizes = 2, strides: SpatialSizes? = nil, padding: Padding = .valid,
    dilation: SpatialSizes = 1, countsPadding: Bool = false, name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      PoolLayer(
        kind: .average(countsPadding: countsPadding), windowSize: windowSize,
        strides: strides ?? windowSize, padding: padding, dilation: dilation),
      name: name, file, line)
  }

  /// The p-norm of each window, `sum(|x|^p)^(1/p)`, channel by channel; windows do not overlap unless
  /// strides say so.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output `[batch, spatial..., channels]`.
  /// - Parameter norm: The order p, above 0.
  public func lpPool(
    _ windowSize: SpatialSizes = 2, norm: Double = 2, strides: SpatialSizes? = nil,
    padding: Padding = .valid, dilation: SpatialSizes = 1, name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      PoolLayer(
        kind: .norm(norm), windowSize: windowSize, strides: strides ?? windowSize,
        padding: padding, dilation: dilation),
      name: name, file, line)
  }
}
