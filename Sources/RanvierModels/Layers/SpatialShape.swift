internal import RanvierFunctions
internal import RanvierTensors

extension DynamicShape {
  /// The shape, if it has at least a batch axis.
  func withBatchAxis() throws(LayerProblem) -> DynamicShape {
    guard rank > 0 else {
      throw LayerProblem("an input with a batch axis", got: "a single number, \(self)")
    }
    return self
  }

  /// The number of axes between batch and channels, if it is one that spatial layers work on.
  func spatialAxes() throws(LayerProblem) -> Int {
    guard (3 ... 5).contains(rank) else {
      throw LayerProblem(
        "an input [batch, 1 to 3 spatial axes, channels], so rank 3 to 5",
        got: "\(self) of rank \(rank)",
        hint: rank == 2 ? "reshape rows into images first" : "channels are the last axis")
    }
    return rank - 2
  }

  /// The shape with gaps between neighbours along the spatial axes.
  func spaced(by dilation: SpatialSizes) throws(LayerProblem) -> DynamicShape {
    let axes = try spatialAxes()
    guard let distances = dilation.repeated(axes),
      distances.allSatisfy({ (1 ..< 1 << 28).contains($0) })
    else {
      throw LayerProblem(
        "input dilations of 1 to 2^28, one for all \(axes) spatial axes or one for each",
        got: "\(dilation) for \(self)")
    }
    var result = self
    for (axis, distance) in zip(1 ... axes, distances) {
      result[axis] = self[axis].map { size in
        size == 0 ? 0 : Int(clamping: (Int128(size) - 1) * Int128(distance) + 1)
      }
    }
    return result
  }

  /// The shape of one value per window; open spatial sizes stay open.
  func windowed(
    _ operation: String, size: SpatialSizes, strides: SpatialSizes, padding: Padding,
    dilation: SpatialSizes
  ) throws(LayerProblem) -> DynamicShape {
    let axes = try spatialAxes()
    // Where a size is open any number will do, because each axis is computed by itself.
    let placeholder = 1 << 60
    let largest = 1 << 28
    guard
      [size, strides, dilation, padding.positions].allSatisfy({
        $0.sizes.allSatisfy { $0 < largest }
      })
    else {
      throw LayerProblem(
        "window sizes, strides, dilations and padding below \(largest)",
        got: "size \(size), strides \(strides), dilation \(dilation), padding \(padding.summary)")
    }
    let input = (1 ... axes).map { self[$0] ?? placeholder }
    let output: [Int]
    do {
      let geometry = try WindowGeometry(
        operation, input: input, size: size.sizes, strides: strides.sizes, padding: padding,
        dilation: dilation.sizes)
      output = geometry.outputSizes(of: input)
    } catch {
      throw LayerProblem(error.rule, got: error.got, hint: error.hint)
    }
    guard output.allSatisfy({ $0 > 0 }) else {
      throw LayerProblem(
        "an input (with padding) at least as large as the window",
        got: "window \(size) on \(self)", hint: "pad with padding: .same, or pool less before")
    }
    var result = self
    for axis in 0 ..< axes where self[axis + 1] != nil { result[axis + 1] = output[axis] }
    return result
  }
}

extension LayerInput {
  /// What a function makes of this input and of parameters, where sizes that are open stay open.
  ///
  /// The function is recorded for an input whose open sizes have been chosen, and states the rules.
  func spatialOutput(
    openSize: Int = 1024, with parameters: [ParameterDeclaration] = [],
    _ function: ([Tensor]) -> Tensor
  ) throws(LayerProblem) -> LayerInput {
    _ = try shape.spatialAxes()
    let result = try recordedType([type(openSize: openSize)] + parameters.map(\.type), function)
    var output = DynamicShape(result.shape)
    for axis in shape.sizes.indices where shape[axis] == nil { output[axis] = nil }
    return LayerInput(output, result.elementType)
  }
}

extension Padding {
  /// The given numbers of positions, if there are any.
  fileprivate var positions: SpatialSizes {
    if case .explicit(let low, let high) = self { SpatialSizes(low + high) } else { 0 }
  }

  /// The padding as it is shown in tables.
  var summary: String {
    switch self {
    case .valid: "valid"
    case .same: "same"
    case .explicit(let low, let high):
      low == high
        ? "\(SpatialSizes(low))" : "\(SpatialSizes(low)) before, \(SpatialSizes(high)) after"
    }
  }
}
