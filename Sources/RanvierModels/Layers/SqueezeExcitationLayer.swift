public import RanvierFunctions
internal import RanvierTensors

/// Channels weighed by what all positions say together.
package struct SqueezeExcitationLayer: Layer {
  package let units: Int
  package let activation: Activation
  package let gate: Activation
  package let kernelInitializer: Initializer

  package var operation: String { "squeeze_excitation" }
  package var mixedPrecision: LayerPrecision { .narrow }
  package var options: [LayerOption] {
    [
      LayerOption("units", units), LayerOption("activation", activation),
      LayerOption("gate", gate),
    ]
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let channels = try inputs[0].knownChannels()
    _ = try inputs[0].shape.spatialAxes()
    guard units > 0 else { throw LayerProblem("at least one unit", got: "\(units)") }
    return LayerSignature(
      inputs[0].shape, elementType: ElementType.promoted(inputs[0].elementType, .float32),
      parameters: [
        ParameterDeclaration(
          "squeeze_kernel", shape: [channels, units], initializer: kernelInitializer),
        ParameterDeclaration("squeeze_bias", shape: [units], initializer: .zeros),
        ParameterDeclaration(
          "excite_kernel", shape: [units, channels], initializer: kernelInitializer),
        ParameterDeclaration("excite_bias", shape: [channels], initializer: .zeros),
      ])
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    LayerResult(
      RanvierFunctions.squeezeExcitation(
        call.input, squeezeKernel: call.parameters["squeeze_kernel"],
        squeezeBias: call.parameters["squeeze_bias"],
        exciteKernel: call.parameters["excite_kernel"],
        exciteBias: call.parameters["excite_bias"], activation: activation, gate: gate))
  }
}

extension Model {
  /// Weighs the channels of each example by what all of its positions say together: `x *
  /// gate(activation(mean(x) · squeezeKernel + squeezeBias) · exciteKernel + exciteBias)`.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output as input.
  /// - Parameters:
  ///   - units: The number of units in between: the paper takes a sixteenth of the channels.
  ///   - activation: Applied to the units.
  ///   - gate: Applied to the weights.
  ///   - kernelInitializer: How both kernels begin.
  /// - Parameters of the layer: `squeeze_kernel [channels, units]`, `squeeze_bias [units]`,
  ///   `excite_kernel [units, channels]`, `excite_bias [channels]`.
  /// - Source: Hu, Shen & Sun 2017, arXiv:1709.01507.
  public func squeezeExcitation(
    units: Int, activation: Activation = .relu, gate: Activation = .sigmoid,
    kernelInitializer: Initializer = .glorotUniform, name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      SqueezeExcitationLayer(
        units: units, activation: activation, gate: gate, kernelInitializer: kernelInitializer),
      name: name, file, line)
  }
}
