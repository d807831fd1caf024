public import RanvierFunctions
internal import RanvierTensors

/// Each example normalized over groups of channels.
package struct GroupNormLayer: Layer {
  package let groups: Int
  package let epsilon: Double
  package let learnt: ScaleAndOffset

  package var operation: String { "group_norm" }
  package var options: [LayerOption] {
    [LayerOption("groups", groups)] + (epsilon == 1e-5 ? [] : [LayerOption("epsilon", epsilon)])
      + learnt.options()
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let channels = try inputs[0].knownChannels()
    guard groups > 0, channels % groups == 0 else {
      throw LayerProblem(
        "a number of groups that divides the channels",
        got: "\(groups) groups of \(channels) channels")
    }
    guard epsilon > 0 else { throw LayerProblem("a positive epsilon", got: "\(epsilon)") }
    return LayerSignature(
      inputs[0].shape, elementType: inputs[0].elementType,
      parameters: learnt.declarations([channels]))
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    LayerResult(
      RanvierFunctions.groupNorm(
        call.input, groups: groups, scale: learnt.scale(call), offset: learnt.offset(call),
        epsilon: epsilon))
  }
}

extension Model {
  /// Normalizes each example over groups of neighbouring channels and all positions: `(x - mean) /
  /// sqrt(variance + epsilon) * scale + offset`.
  ///
  /// - Shapes: input `[batch, ..., channels]`, output as input.
  /// - Parameters:
  ///   - groups: The number of groups, which divides the number of channels.
  ///   - epsilon: Keeps the quotient finite for a variance of 0.
  ///   - scaleInitializer: How the scale begins; nil for none.
  ///   - offsetInitializer: How the offset begins; nil for none.
  /// - Parameters of the layer: `scale [channels]`, `offset [channels]`.
  /// - Source: Wu & He 2018, arXiv:1803.08494.
  public func groupNorm(
    groups: Int, epsilon: Double = 1e-5, scaleInitializer: Initializer? = .ones,
    offsetInitializer: Initializer? = .zeros, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(
      GroupNormLayer(
        groups: groups, epsilon: epsilon,
        learnt: ScaleAndOffset(scale: scaleInitializer, offset: offsetInitializer)),
      name: name, file, line)
  }
}
