internal import RanvierTensors

/// One of the parts that an axis is split into.
package struct SplitLayer: Layer {
  /// How large the parts are.
  package enum Parts: Sendable, Hashable {
    case equal(count: Int)
    case sizes([Int])
  }

  package let parts: Parts
  package let index: Int
  package let axis: Int

  package var operation: String { "split" }
  package var options: [LayerOption] {
    let parts =
      switch parts {
      case .equal(let count): LayerOption("parts", count)
      case .sizes(let sizes): LayerOption("sizes", sizes)
      }
    return [parts, LayerOption("part", index), LayerOption("axis", axis)]
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    var shape = inputs[0].shape
    let position = try shape.position(ofInner: axis)
    guard let size = shape[position] else {
      throw LayerProblem("a known size of the axis that is split", got: "axis \(axis) of \(shape)")
    }
    switch parts {
    case .equal(let count):
      guard count > 0, size % count == 0 else {
        throw LayerProblem(
          "a number of parts that divides the size of the axis",
          got: "\(count) parts of axis \(axis) of \(shape)",
          hint: "split(sizes:) makes parts of different sizes")
      }
      shape[position] = size / count
    case .sizes(let sizes):
      guard sizes.allSatisfy({ $0 > 0 && $0 <= size }), sizes.reduce(0, +) == size else {
        throw LayerProblem(
          "positive sizes whose sum is \(size)", got: "\(sizes) for axis \(axis) of \(shape)")
      }
      shape[position] = sizes[index]
    }
    return LayerSignature(shape, elementType: inputs[0].elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let parts =
      switch parts {
      case .equal(let count): call.input.split(into: count, alongAxis: axis)
      case .sizes(let sizes): call.input.split(sizes: sizes, alongAxis: axis)
      }
    return LayerResult(parts[index])
  }
}

extension Model {
  /// Equal parts of an axis, by default of the last.
  ///
  ///     let parts = x.split(into: 2)
  ///     let y = Model.multiply(parts[0], parts[1].sigmoid())
  ///
  /// - Shapes: outputs as input, with the axis's size divided by the number of parts.
  /// - Parameters:
  ///   - count: The number of parts, which divides the axis's size.
  ///   - axis: The axis, other than the batch axis.
  public func split(
    into count: Int, axis: Int = -1, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> [Model] {
    // A wrong count gives one model, which reports it.
    split(.equal(count: count), count: Swift.max(count, 1), axis, name, file, line)
  }

  /// Parts of given sizes of an axis, by default of the last.
  ///
  /// - Shapes: outputs as input, with the sizes as the axis's sizes.
  /// - Parameters:
  ///   - sizes: The parts' sizes, whose sum is the axis's size.
  ///   - axis: The axis, other than the batch axis.
  public func split(
    sizes: [Int], axis: Int = -1, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> [Model] {
    split(.sizes(sizes), count: sizes.count, axis, name, file, line)
  }

  private func split(
    _ parts: SplitLayer.Parts, count: Int, _ axis: Int, _ name: String?, _ file: StaticString,
    _ line: Int
  ) -> [Model] {
    (0 ..< count).map { index in
      adding(
        SplitLayer(parts: parts, index: index, axis: axis), name: name.map { "\($0)_\(index)" },
        file, line)
    }
  }
}
