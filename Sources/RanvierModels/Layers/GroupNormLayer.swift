internal import RanvierFunctions
internal import RanvierTensors

/// Each example normalized over groups of channels.
package struct GroupNormLayer: Layer {
  package let groups: Int
  package let epsilon: Double

  package var operation: String { "group_norm" }
  package var options: [LayerOption] {
    [LayerOption("groups", groups)] + (epsilon == 1e-5 ? [] : [LayerOption("epsilon", epsilon)])
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let input = inputs[0].shape
    try inputs[0].checkFloatingPoint()
    guard input.rank >= 2, let channels = input[-1] else {
      throw LayerProblem("an input [batch, ..., channels] with known channels", got: "\(input)")
    }
    guard groups > 0, channels % groups == 0 else {
      throw LayerProblem(
        "a number of groups that divides the channels",
        got: "\(groups) groups of \(channels) channels")
    }
    guard epsilon > 0 else { throw LayerProblem("a positive epsilon", got: "\(epsilon)") }
    return LayerSignature(
      input, elementType: inputs[0].elementType,
      parameters: [
        ParameterDeclaration("scale", shape: [channels], initializer: .ones),
        ParameterDeclaration("offset", shape: [channels], initializer: .zeros),
      ])
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    LayerResult(
      RanvierFunctions.groupNorm(
        call.input, groups: groups, scale: call.parameters["scale"],
        offset: call.parameters["offset"], epsilon: epsilon))
  }
}

extension Model {
  /// Normalizes each example over groups of neighbouring channels and all positions: `(x - mean) /
  /// sqrt(variance + epsilon) * scale + offset`.
  ///
  /// - Shapes: input `[batch, ..., channels]`, output as input.
  /// - Parameters of the layer: `scale [channels]`, `offset [channels]`.
  /// - Source: Wu & He 2018, arXiv:1803.08494.
  public func groupNorm(
    groups: Int, epsilon: Double = 1e-5, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(GroupNormLayer(groups: groups, epsilon: epsilon), name: name, file, line)
  }
}
