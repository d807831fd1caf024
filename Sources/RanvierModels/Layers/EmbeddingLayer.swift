public import RanvierFunctions
internal import RanvierTensors

/// A learnt vector for each integer.
package struct EmbeddingLayer: Layer {
  package let vocabulary: Int
  package let features: Int
  package let paddingIndex: Int?
  package let scalingByFrequency: Bool
  package let kernelInitializer: Initializer

  package var operation: String { "embedding" }
  // Derivatives add up in the table, which therefore stays as it is.
  package var mixedPrecision: LayerPrecision { .narrowOutput }
  package var options: [LayerOption] {
    [LayerOption("vocabulary", vocabulary), LayerOption("features", features)]
      + (paddingIndex.map { [LayerOption("padding index", $0)] } ?? [])
      + (scalingByFrequency ? [LayerOption("scaling by frequency", true)] : [])
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    guard vocabulary > 0, features > 0 else {
      throw LayerProblem(
        "at least one row and one feature", got: "vocabulary \(vocabulary), features \(features)")
    }
    if let paddingIndex, !(-vocabulary ..< vocabulary).contains(paddingIndex) {
      throw LayerProblem(
        "a padding index in \(-vocabulary) ..< \(vocabulary)", got: "\(paddingIndex)")
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
    LayerResult(
      RanvierFunctions.embedding(
        call.input, table: call.parameters["kernel"], paddingIndex: paddingIndex,
        scalingByFrequency: scalingByFrequency))
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
  /// A built model clamps integers outside of `0 ..< vocabulary` to it: data is not checked there.
  ///
  /// - Shapes: input `[batch, ...]` of integers, output `[batch, ..., features]`.
  /// - Parameters:
  ///   - vocabulary: The number of different integers.
  ///   - features: The number of elements of each vector.
  ///   - paddingIndex: An integer that stands for nothing: it gives zeros, and its row is not
  ///     learnt.
  ///   - scalingByFrequency: Whether a row's derivative is divided by how often it is taken.
  ///   - kernelInitializer: How the rows begin.
  /// - Parameters of the layer: `kernel [vocabulary, features]`.
  public func embedding(
    vocabulary: Int, features: Int, paddingIndex: Int? = nil, scalingByFrequency: Bool = false,
    kernelInitializer: Initializer = .uniform, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(
      EmbeddingLayer(
        vocabulary: vocabulary, features: features, paddingIndex: paddingIndex,
        scalingByFrequency: scalingByFrequency, kernelInitializer: kernelInitializer),
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
