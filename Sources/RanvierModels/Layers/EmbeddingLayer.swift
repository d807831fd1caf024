public import RanvierFunctions
internal import RanvierTensors

/// A learnt vector for each integer.
package struct EmbeddingLayer: Layer {
  package let vocabulary: Int
  package let features: Int
  package let kernelInitializer: Initializer

  package var operation: String { "embedding" }
  // Derivatives add up in the table, which therefore stays as it is.
  package var mixedPrecision: LayerPrecision { .narrowOutput }
  package var options: [LayerOption] {
    [LayerOption("vocabulary", vocabulary), LayerOption("features", features)]
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    guard vocabulary > 0, features > 0 else {
      throw LayerProblem(
        "at least one row and one feature", got: "vocabulary \(vocabulary), features \(features)")
    }
    guard inputs[0].elementType.isInteger else {
      throw LayerProblem(
        "integers", got: "\(inputs[0])", hint: "declare the input with elementType: .int32")
    }
    return LayerSignature(
      DynamicShape(inputs[0].shape.sizes + [features]),
      parameters: [
        ParameterDeclaration(
          "kernel", shape: [vocabulary, features], initializer: kernelInitializer,
          layout: .embedding)
      ])
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    LayerResult(RanvierFunctions.embedding(call.input, table: call.parameters["kernel"]))
  }
}

/// A learnt vector added at each position.
package struct PositionEmbeddingLayer: Layer {
  package let maximumLength: Int
  package let kernelInitializer: Initializer

  package var operation: String { "position_embedding" }
  package var mixedPrecision: LayerPrecision { .narrowOutput }
  package var options: [LayerOption] { [LayerOption("maximum length", maximumLength)] }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let input = inputs[0]
    try input.checkFloatingPoint()
    guard input.shape.rank >= 3, let features = input.shape[-1] else {
      throw LayerProblem(
        "an input [batch, ..., tokens, features] with known features", got: "\(input.shape)")
    }
    guard maximumLength > 0, input.shape[-2].map({ $0 <= maximumLength }) ?? true else {
      throw LayerProblem(
        "a positive maximum length, and at most as many tokens",
        got: "maximum length \(maximumLength), \(input.shape)")
    }
    return LayerSignature(
      input.shape, elementType: ElementType.promoted(input.elementType, .float32),
      parameters: [
        ParameterDeclaration(
          "kernel", shape: [maximumLength, features], initializer: kernelInitializer,
          layout: .embedding)
      ])
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    LayerResult(RanvierFunctions.positionEmbedding(call.input, table: call.parameters["kernel"]))
  }
}

extension Model {
  /// A learnt vector for each integer of the input, such as the number of a word.
  ///
  ///     let tokens = Model.input("tokens", shape: [nil, 64], elementType: .int32)
  ///     let x = tokens.embedding(vocabulary: 65, features: 128)
  ///
  /// Integers outside of `0 ..< vocabulary` are clamped to it.
  ///
  /// - Shapes: input `[batch, ...]` of integers, output `[batch, ..., features]`.
  /// - Parameters of the layer: `kernel [vocabulary, features]`.
  public func embedding(
    vocabulary: Int, features: Int, kernelInitializer: Initializer = .uniform,
    name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      EmbeddingLayer(
        vocabulary: vocabulary, features: features, kernelInitializer: kernelInitializer),
      name: name, file, line)
  }

  /// Adds a learnt vector for each position of a sequence.
  ///
  /// - Shapes: input `[batch, ..., tokens, features]` of at most `maximumLength` tokens, output as
  ///   input.
  /// - Parameters of the layer: `kernel [maximumLength, features]`.
  public func positionEmbedding(
    maximumLength: Int, kernelInitializer: Initializer = .uniform, name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      PositionEmbeddingLayer(maximumLength: maximumLength, kernelInitializer: kernelInitializer),
      name: name, file, line)
  }
}
