internal import RanvierFunctions
internal import RanvierTensors

/// All axes but the first folded into one.
package struct FlattenLayer: Layer {
  package var operation: String { "flatten" }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let input = try inputs[0].shape.withBatchAxis()
    return LayerSignature([input[0], input.product(from: 1)], elementType: inputs[0].elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    LayerResult(RanvierFunctions.flatten(call.input))
  }
}

extension Model {
  /// Folds all axes but the first into one.
  ///
  /// - Shapes: input `[batch, a, b, ...]`, output `[batch, a * b * ...]`.
  public func flatten(
    name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(FlattenLayer(), name: name, file, line)
  }
}
