public import RanvierFunctions
internal import RanvierTensors

/// `x + bias`.
package struct BiasLayer: Layer {
  package let biasInitializer: Initializer

  package var operation: String { "bias" }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let features = try inputs[0].knownChannels()
    return LayerSignature(
      inputs[0].shape, elementType: ElementType.promoted(inputs[0].elementType, .float32),
      parameters: [ParameterDeclaration("bias", shape: [features], initializer: biasInitializer)])
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    LayerResult(RanvierFunctions.bias(call.input, call.parameters["bias"]))
  }
}

extension Model {
  /// Adds a learnt number to each feature.
  ///
  /// - Shapes: input `[batch, ..., features]`, output as input.
  /// - Parameters of the layer: `bias [features]`.
  public func bias(
    biasInitializer: Initializer = .zeros, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(BiasLayer(biasInitializer: biasInitializer), name: name, file, line)
  }
}
