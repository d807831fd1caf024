internal import RanvierFunctions
internal import RanvierTensors

/// A part of each image.
package struct CropLayer: Layer {
  package let size: SpatialSizes
  package let start: SpatialSizes?

  package var operation: String { "crop" }
  package var options: [LayerOption] {
    [LayerOption("size", size)] + (start.map { [LayerOption("start", $0)] } ?? [])
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    var shape = inputs[0].shape
    let axes = try shape.spatialAxes()
    let starts = start.map { $0.repeated(axes) } ?? [Int](repeating: 0, count: axes)
    guard let sizes = size.repeated(axes), let starts else {
      throw LayerProblem(
        "a size for all \(axes) spatial axes or one for each",
        got: "\(size)\(start.map { " at \($0)" } ?? "") for \(shape)")
    }
    for axis in 0 ..< axes {
      let available = shape[axis + 1] ?? .max
      guard sizes[axis] > 0, starts[axis] >= 0, sizes[axis] <= available,
        starts[axis] <= available - sizes[axis]
      else {
        throw LayerProblem(
          "a part within the spatial axes",
          got: "\(size)\(start.map { " at \($0)" } ?? "") of \(shape)")
      }
      shape[axis + 1] = sizes[axis]
    }
    return LayerSignature(shape, elementType: inputs[0].elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let axes = call.input.rank - 2
    return LayerResult(
      RanvierFunctions.crop(
        call.input, to: size.repeated(axes) ?? size.sizes,
        at: start.map { $0.repeated(axes) ?? $0.sizes }))
  }
}

extension Model {
  /// A part of each image, by default from the middle.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output `[batch, size..., channels]`.
  /// - Parameters:
  ///   - size: The part's size along all spatial axes, or along each.
  ///   - start: Where the part begins; by default so that as much is left before as behind, or one
  ///     less.
  public func crop(
    to size: SpatialSizes, at start: SpatialSizes? = nil, name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(CropLayer(size: size, start: start), name: name, file, line)
  }
}
