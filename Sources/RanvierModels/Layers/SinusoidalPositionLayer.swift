public import RanvierFunctions
internal import RanvierTensors

/// Sines and cosines of its position added to each token.
package struct SinusoidalPositionLayer: Layer {
  package let base: Double
  package let pairing: FeaturePairing

  package var operation: String { "sinusoidal_position_embedding" }
  package var options: [LayerOption] {
    (base == 10_000 ? [] : [LayerOption("base", base)])
      + (pairing == .neighbors ? [] : [LayerOption("pairing", pairing.rawValue)])
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let input = inputs[0]
    try input.checkFloatingPoint()
    guard input.shape.rank >= 3, let features = input.shape[-1], features > 0 else {
      throw LayerProblem(
        "an input [batch, ..., tokens, features] with known features", got: "\(input.shape)")
    }
    guard base > 0, base.isFinite, pairing == .neighbors || features.isMultiple(of: 2) else {
      throw LayerProblem(
        "a positive base, and an even number of features for halves",
        got: "base \(base), \(features) features")
    }
    return LayerSignature(input.shape, elementType: input.elementType)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    LayerResult(
      RanvierFunctions.sinusoidalPositionEmbedding(call.input, base: base, pairing: pairing))
  }
}

extension Model {
  /// Adds sines and cosines of its position to each token of a sequence.
  ///
  /// - Shapes: input `[batch, ..., tokens, features]`, output as input.
  /// - Parameters:
  ///   - base: How long the longest wave is; larger for longer sequences.
  ///   - pairing: Where a pair's sine and cosine are: side by side as in the source, or all sines
  ///     before all cosines.
  /// - Source: Vaswani et al. 2017, arXiv:1706.03762.
  public func sinusoidalPositionEmbedding(
    base: Double = 10_000, pairing: FeaturePairing = .neighbors, name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(SinusoidalPositionLayer(base: base, pairing: pairing), name: name, file, line)
  }
}
