internal import RanvierTensors

/// Several models one after the other along an axis.
package struct ConcatenateLayer: Layer {
  package let axis: Int

  package var operation: String { "concatenate" }
  package var options: [LayerOption] { [LayerOption("axis", axis)] }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    guard let first = inputs.first else { throw LayerProblem("at least one model", got: "none") }
    let got = inputs.map(\.description).joined(separator: ", ")
    let rank = first.shape.rank
    let position = axis < 0 ? axis + rank : axis
    guard (1 ..< Swift.max(rank, 1)).contains(position) else {
      throw LayerProblem(
        "an axis of the models other than the batch axis", got: "axis \(axis) of \(got)")
    }
    var shape = first.shape
    for input in inputs.dropFirst() {
      let fits = input.shape.rank == rank && input.elementType == first.elementType
      guard fits else { throw LayerProblem("models of equal rank and type", got: got) }
      for other in 0 ..< rank where other != position {
        guard shape[other] == input.shape[other] || shape[other] == nil || input.shape[other] == nil
        else { throw LayerProblem("equal sizes in all axes but \(axis)", got: got) }
        shape[other] = shape[other] ?? input.shape[other]
      }
    }
    shape[position] = inputs.reduce(0) { (total: Int?, input) in
      total.flatMap { total in input.shape[position].map { total + $0 } }
    }
    return LayerSignature(shape, elementType: first.elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    LayerResult(Tensor(concatenating: call.inputs, alongAxis: axis))
  }
}

extension Model {
  /// Models one after the other along an axis, by default the last.
  public static func concatenate(
    _ models: Model..., axis: Int = -1, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    concatenate(models, axis: axis, name: name, file: file, line: line)
  }

  /// Models one after the other along an axis, by default the last.
  public static func concatenate(
    _ models: [Model], axis: Int = -1, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    Model(
      ConcatenateLayer(axis: axis), models, name: name,
      location: CodeLocation(file: "\(file)", line: line))
  }
}
