internal import RanvierTensors

/// An axis repeated, as a whole or element by element.
package struct RepeatLayer: Layer {
  package let count: Int
  package let axis: Int
  /// Whether each element is repeated by itself: 1 1 2 2 rather than 1 2 1 2.
  package let repeatsElements: Bool

  package var operation: String { repeatsElements ? "repeat_elements" : "tile" }
  package var options: [LayerOption] {
    [LayerOption("count", count), LayerOption("axis", axis)]
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    var shape = inputs[0].shape
    let position = try shape.position(ofInner: axis)
    guard count > 0 else { throw LayerProblem("a positive count", got: "\(count)") }
    if let size = shape[position] {
      let (product, overflows) = size.multipliedReportingOverflow(by: count)
      shape[position] = overflows ? .max : product
    }
    return LayerSignature(shape, elementType: inputs[0].elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let position = axis < 0 ? axis + call.input.rank : axis
    if repeatsElements {
      return LayerResult(call.input.repeatingElements(count, alongAxis: position))
    }
    var counts = [Int](repeating: 1, count: call.input.rank)
    counts[position] = count
    return LayerResult(call.input.tiled(counts))
  }
}

extension Model {
  /// The whole of an axis several times, one after the other: 1 2 1 2.
  ///
  /// - Shapes: output as input, with the axis's size multiplied by the count.
  /// - Parameters:
  ///   - count: How often.
  ///   - axis: The axis, other than the batch axis.
  public func tile(
    _ count: Int, axis: Int, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(RepeatLayer(count: count, axis: axis, repeatsElements: false), name: name, file, line)
  }

  /// Each position of an axis several times: 1 1 2 2.
  ///
  /// - Shapes: output as input, with the axis's size multiplied by the count.
  /// - Parameters:
  ///   - count: How often.
  ///   - axis: The axis, other than the batch axis.
  public func repeatElements(
    _ count: Int, axis: Int, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(RepeatLayer(count: count, axis: axis, repeatsElements: true), name: name, file, line)
  }
}
