internal import RanvierTensors

/// Several models of one shape along a new axis.
package struct StackLayer: Layer {
  package let axis: Int

  package var operation: String { "stack" }
  package var options: [LayerOption] { [LayerOption("axis", axis)] }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    guard let first = inputs.first else { throw LayerProblem("at least one model", got: "none") }
    let got = inputs.map(\.description).joined(separator: ", ")
    var shape = first.shape
    for input in inputs.dropFirst() {
      guard input.shape.rank == shape.rank, input.elementType == first.elementType,
        zip(shape.sizes, input.shape.sizes).allSatisfy({ $0 == nil || $1 == nil || $0 == $1 })
      else { throw LayerProblem("models of equal shapes and types", got: got) }
      for axis in 0 ..< shape.rank { shape[axis] = shape[axis] ?? input.shape[axis] }
    }
    let position = axis < 0 ? axis + shape.rank + 1 : axis
    guard (1 ..< shape.rank + 1).contains(position) else {
      throw LayerProblem("a new axis behind the batch axis", got: "axis \(axis) of \(got)")
    }
    shape.sizes.insert(inputs.count, at: position)
    return LayerSignature(shape, elementType: first.elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    LayerResult(Tensor(stacking: call.inputs, alongAxis: axis))
  }
}

extension Model {
  /// Models of one shape side by side along a new axis, by default the last.
  ///
  /// - Shapes: inputs `[batch, ...]`, output with an axis of the number of models.
  public static func stack(
    _ models: Model..., axis: Int = -1, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    stack(models, axis: axis, name: name, file: file, line: line)
  }

  /// Models of one shape side by side along a new axis, by default the last.
  public static func stack(
    _ models: [Model], axis: Int = -1, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    Model(
      StackLayer(axis: axis), models, name: name,
      location: CodeLocation(file: "\(file)", line: line))
  }
}
