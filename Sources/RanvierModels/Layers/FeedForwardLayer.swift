public import RanvierFunctions
internal import RanvierTensors

/// Two products with an activation between them, for each token by itself.
package struct FeedForwardLayer: Layer {
  package let hidden: Int
  package let activation: Activation
  package let isGated: Bool
  package let dropoutRate: Double
  package let useBias: Bool
  package let kernelInitializer: Initializer
  package let biasInitializer: Initializer

  package var operation: String { "feed_forward" }
  package var mixedPrecision: LayerPrecision { .narrow }
  package var options: [LayerOption] {
    [LayerOption("hidden", hidden), LayerOption("activation", activation)]
      + (isGated ? [LayerOption("gated", true)] : [])
      + (dropoutRate == 0 ? [] : [LayerOption("dropout", dropoutRate)])
      + (useBias ? [] : [LayerOption("use bias", false)])
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let input = inputs[0]
    let features = try input.knownFeatures()
    guard hidden > 0 else { throw LayerProblem("at least one hidden feature", got: "\(hidden)") }
    guard (0 ..< 1).contains(dropoutRate) else {
      throw LayerProblem(
        "a dropout rate in 0 ..< 1", got: "\(dropoutRate)",
        hint: "the rate is the share that is dropped")
    }
    var shape = input.shape
    shape[-1] = hidden
    let wide = isGated ? 2 * hidden : hidden
    let type = try Optional(activation).elementType(afterKernelOn: input, shape)
    return LayerSignature(
      input.shape, elementType: ElementType.promoted(type, .float32),
      parameters: declarations("hidden_", features, wide)
        + declarations("output_", hidden, features))
  }

  private func declarations(
    _ prefix: String, _ inputs: Int, _ outputs: Int
  ) -> [ParameterDeclaration] {
    let kernel = ParameterDeclaration(
      prefix + "kernel", shape: [inputs, outputs], initializer: kernelInitializer)
    let bias = ParameterDeclaration(
      prefix + "bias", shape: [outputs], initializer: biasInitializer)
    return useBias ? [kernel, bias] : [kernel]
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let parameters = call.parameters
    return LayerResult(
      RanvierFunctions.feedForward(
        call.input, hiddenKernel: parameters["hidden_kernel"],
        hiddenBias: useBias ? parameters["hidden_bias"] : nil,
        outputKernel: parameters["output_kernel"],
        outputBias: useBias ? parameters["output_bias"] : nil, activation: activation,
        isGated: isGated, dropoutRate: dropoutRate, dropoutKey: call.key))
  }
}

extension LayerInput {
  /// The number of features of tokens.
  func knownFeatures() throws(LayerProblem) -> Int {
    try checkFloatingPoint()
    guard shape.rank >= 2, let features = shape[-1] else {
      throw LayerProblem("an input [batch, ..., features] with known features", got: "\(shape)")
    }
    return features
  }
}

extension Model {
  /// Two products with an activation between them, for each token by itself:
  /// `activation(x · hidden_kernel + hidden_bias) · output_kernel + output_bias`.
  ///
  ///     x.feedForward(hidden: 2048, activation: .gelu)
  ///     x.feedForward(hidden: 1376, activation: .silu, isGated: true, useBias: false)    // SwiGLU
  ///
  /// - Shapes: input `[batch, ..., features]`, output as input.
  /// - Parameters:
  ///   - hidden: The number of features between the products.
  ///   - activation: What is done with them.
  ///   - isGated: Whether the first product gives twice as many, of which the first half goes
  ///     through the activation and is multiplied by the second.
  ///   - dropoutRate: The probability with which a hidden feature is set to 0 while training.
  ///   - useBias: Whether there are biases.
  /// - Parameters of the layer: `hidden_kernel [features, hidden]`, `hidden_bias [hidden]`, twice as
  ///   wide if gated; `output_kernel [hidden, features]`, `output_bias [features]`.
  /// - Source: Vaswani et al. 2017, arXiv:1706.03762; gates: Shazeer 2020, arXiv:2002.05202.
  public func feedForward(
    hidden: Int, activation: Activation = .relu, isGated: Bool = false, dropoutRate: Double = 0,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(
      FeedForwardLayer(
        hidden: hidden, activation: activation, isGated: isGated, dropoutRate: dropoutRate,
        useBias: useBias, kernelInitializer: kernelInitializer, biasInitializer: biasInitializer),
      name: name, file, line)
  }
}
