public import RanvierFunctions
internal import RanvierTensors

/// How much each of a number of experts counts for each token.
package struct RouterLayer: Layer {
  package let experts: Int
  package let chosen: Int
  package let kernelInitializer: Initializer

  package var operation: String { "router" }
  // Rounding would choose other experts.
  package var mixedPrecision: LayerPrecision { .wide }
  package var options: [LayerOption] {
    [LayerOption("experts", experts), LayerOption("chosen", chosen)]
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    var shape = inputs[0].shape
    let features = try inputs[0].knownFeatures()
    guard chosen > 0, chosen <= experts else {
      throw LayerProblem(
        "at least one and at most all experts that are chosen", got: "\(chosen) of \(experts)")
    }
    shape[-1] = experts
    return LayerSignature(
      shape, elementType: ElementType.promoted(inputs[0].elementType, .float32),
      parameters: [
        ParameterDeclaration("kernel", shape: [features, experts], initializer: kernelInitializer)
      ])
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    LayerResult(expertWeights(dense(call.input, call.parameters["kernel"]), chosen: chosen))
  }
}

/// Feed-forward experts, and how much each counts for each token as the second input.
package struct ExpertsLayer: Layer {
  package let experts: Int
  package let chosen: Int
  package let hidden: Int
  package let activation: Activation
  package let isGated: Bool
  package let useBias: Bool
  package let kernelInitializer: Initializer
  package let biasInitializer: Initializer

  package var operation: String { "experts" }
  package var mixedPrecision: LayerPrecision { .narrow }
  package var options: [LayerOption] {
    [LayerOption("hidden", hidden), LayerOption("activation", activation)]
      + (isGated ? [LayerOption("gated", true)] : [])
      + (useBias ? [] : [LayerOption("use bias", false)])
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let features = try inputs[0].knownFeatures()
    guard hidden > 0 else { throw LayerProblem("at least one hidden feature", got: "\(hidden)") }
    let wide = isGated ? 2 * hidden : hidden
    return LayerSignature(
      inputs[0].shape, elementType: ElementType.promoted(inputs[0].elementType, .float32),
      parameters: declarations("hidden_", features, wide)
        + declarations("output_", hidden, features))
  }

  private func declarations(
    _ prefix: String, _ inputs: Int, _ outputs: Int
  ) -> [ParameterDeclaration] {
    let kernel = ParameterDeclaration(
      prefix + "kernel", shape: [experts, inputs, outputs], initializer: kernelInitializer,
      layout: .stacked)
    let bias = ParameterDeclaration(
      prefix + "bias", shape: [experts, outputs], initializer: biasInitializer)
    return useBias ? [kernel, bias] : [kernel]
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let parameters = call.parameters
    return LayerResult(
      RanvierFunctions.mixtureOfExperts(
        call.input, weights: call.inputs[1], hiddenKernels: parameters["hidden_kernel"],
        hiddenBiases: useBias ? parameters["hidden_bias"] : nil,
        outputKernels: parameters["output_kernel"],
        outputBiases: useBias ? parameters["output_bias"] : nil, chosen: chosen,
        activation: activation, isGated: isGated))
  }
}

extension Model {
  /// For each token, the sum of a few experts' outputs, weighted by how well they fit; an expert is a
  /// feed-forward layer of its own.
  ///
  /// Products with the router's kernel choose the experts, and a softmax over those of the chosen
  /// weights them. No token is left out. Of many tokens, each is computed by the experts that it has
  /// chosen, and time grows with ``chosen``; few are computed by all. ``loadBalancing(_:chosen:)`` of the router's
  /// products is what to add to a loss so that all experts are used.
  ///
  /// - Shapes: input `[batch, ..., features]`, output as input.
  /// - Parameters:
  ///   - experts: The number of experts.
  ///   - chosen: How many of them are chosen for each token.
  ///   - hidden: The number of hidden features of each expert.
  ///   - activation: What is done with hidden features.
  ///   - isGated: Whether the first half of twice as many hidden features opens gates for the second.
  ///   - useBias: Whether experts have biases.
  /// - Parameters of the layers: `router/kernel [features, experts]`, `experts/hidden_kernel [experts,
  ///   features, hidden]` and `experts/hidden_bias [experts, hidden]`, twice as wide if gated;
  ///   `experts/output_kernel [experts, hidden, features]`, `experts/output_bias [experts, features]`.
  /// - Source: Shazeer et al. 2017, arXiv:1701.06538; Jiang et al. 2024, arXiv:2401.04088.
  public func mixtureOfExperts(
    _ experts: Int, chosen: Int = 2, hidden: Int, activation: Activation = .relu,
    isGated: Bool = false, useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    block("mixture_of_experts", name: name) { x in
      let weights = x.adding(
        RouterLayer(experts: experts, chosen: chosen, kernelInitializer: kernelInitializer),
        name: "router", file, line)
      return Model(
        ExpertsLayer(
          experts: experts, chosen: chosen, hidden: hidden, activation: activation,
          isGated: isGated, useBias: useBias, kernelInitializer: kernelInitializer,
          biasInitializer: biasInitializer),
        [x, weights], name: "experts", location: CodeLocation(file: "\(file)", line: line))
    }
  }
}
