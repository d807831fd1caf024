public import RanvierTensors

/// An argument of the model.
package struct InputLayer: Layer {
  package let shape: DynamicShape
  package let elementType: ElementType

  package var operation: String { "input" }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    guard shape.rank > 0, shape.sizes.allSatisfy({ $0.map { $0 >= 0 } ?? true }) else {
      throw LayerProblem(
        "a shape of at least the batch axis without negative sizes", got: "\(shape)",
        hint: "write nil for sizes that are open: [nil, 64]")
    }
    return LayerSignature(shape, elementType: elementType)
  }

  /// Inputs are entered from outside; there is nothing to compute.
  package func apply(_ call: LayerCall) -> LayerResult { LayerResult(call.input) }
}

extension Model {
  /// Begins a model: an argument of a shape, whose open sizes (`nil`) fit any.
  ///
  /// - Parameters:
  ///   - name: The name under which the value is given to `predict`.
  ///   - shape: The shape, batch axis included: `[nil, 28, 28, 1]`.
  ///   - elementType: The type of the elements.
  public static func input(
    _ name: String? = nil, shape: DynamicShape, elementType: ElementType = .float32,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    Model(
      InputLayer(shape: shape, elementType: elementType), [], name: name,
      location: CodeLocation(file: "\(file)", line: line))
  }
}
