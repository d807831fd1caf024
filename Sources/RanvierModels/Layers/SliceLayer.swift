internal import RanvierTensors

/// Some of the positions of an axis.
package struct SliceLayer: Layer {
  package let start: Int
  /// The end, which is not included; nil for that of the axis.
  package let end: Int?
  package let stride: Int
  package let axis: Int
  /// Whether the axis is left out, because it has one position.
  package let removesAxis: Bool

  package var operation: String { removesAxis ? "element" : "slice" }
  package var options: [LayerOption] {
    let range = removesAxis ? "\(start)" : "\(start) ..< \(end.map(String.init) ?? "end")"
    return [LayerOption(removesAxis ? "position" : "range", range), LayerOption("axis", axis)]
      + (stride == 1 ? [] : [LayerOption("stride", stride)])
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    var shape = inputs[0].shape
    let position = try shape.position(ofInner: axis)
    guard stride > 0 else { throw LayerProblem("a positive stride", got: "\(stride)") }
    if let size = shape[position] {
      guard let positions = positions(size) else {
        throw LayerProblem(
          "positions within the axis", got: "\(options[0].value) of axis \(axis) of \(shape)")
      }
      shape[position] = positions.count
    }
    if removesAxis { shape.sizes.remove(at: position) }
    return LayerSignature(shape, elementType: inputs[0].elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let position = axis < 0 ? axis + call.input.rank : axis
    guard let positions = positions(call.input.shape[position]), let first = positions.first else {
      return LayerResult(
        Tensor(
          invalid: OperationError(
            operation: operation, rule: "positions within the axis",
            got: "\(options[0].value) of axis \(axis) of \(call.input.shape)")))
    }
    var (starts, ends) = ([Int](repeating: 0, count: call.input.rank), call.input.shape.sizes)
    var strides = [Int](repeating: 1, count: call.input.rank)
    starts[position] = first
    ends[position] = positions[positions.count - 1] + 1
    strides[position] = stride
    let part: Tensor = RanvierTensors.apply(
      Slice(starts: starts, ends: ends, strides: strides), [call.input])
    return LayerResult(removesAxis ? part.squeezed(axes: [position]) : part)
  }

  /// The positions of an axis of a size, if there are such.
  private func positions(_ size: Int) -> [Int]? {
    let first = start < 0 ? start + size : start
    let last = end.map { $0 < 0 ? $0 + size : $0 } ?? size
    guard first >= 0, last <= size, removesAxis ? first < size : first < last else { return nil }
    return removesAxis ? [first] : Array(Swift.stride(from: first, to: last, by: stride))
  }
}

extension DynamicShape {
  /// The position of an axis other than the batch axis.
  func position(ofInner axis: Int) throws(LayerProblem) -> Int {
    let position = axis < 0 ? axis + rank : axis
    guard (1 ..< Swift.max(rank, 1)).contains(position) else {
      throw LayerProblem("an axis other than the batch axis", got: "axis \(axis) of \(self)")
    }
    return position
  }
}

extension Model {
  /// The positions `start ..< end` of an axis.
  ///
  ///     tokens.slice(from: 1)              // all but the first token
  ///     tokens.slice(from: 0, to: -1)      // all but the last
  ///
  /// - Shapes: output as input, with the number of positions as the axis's size.
  /// - Parameters:
  ///   - start: The first position; negative ones count from the end.
  ///   - end: The position behind the last; by default the axis's end.
  ///   - stride: The distance between positions that are taken.
  ///   - axis: The axis, other than the batch axis.
  public func slice(
    from start: Int, to end: Int? = nil, stride: Int = 1, axis: Int = 1, name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      SliceLayer(start: start, end: end, stride: stride, axis: axis, removesAxis: false),
      name: name, file, line)
  }

  /// One position of an axis, without that axis: `tokens.element(-1)` is the last token.
  ///
  /// - Shapes: output as input, without the axis.
  /// - Parameters:
  ///   - position: The position; negative ones count from the end.
  ///   - axis: The axis, other than the batch axis.
  public func element(
    _ position: Int, axis: Int = 1, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(
      SliceLayer(start: position, end: nil, stride: 1, axis: axis, removesAxis: true),
      name: name, file, line)
  }
}
