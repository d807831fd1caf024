public import RanvierFunctions
internal import RanvierTensors

/// `activation(depthwise convolution of x · pointwise kernel + bias)`.
package struct SeparableConvolutionLayer: Layer {
  package let filters: Int
  package let multiplier: Int
  package let form: ConvolutionForm

  package var operation: String { "separable_conv" }
  package var mixedPrecision: LayerPrecision { .narrow }
  package var options: [LayerOption] {
    [LayerOption("filters", filters)]
      + (multiplier == 1 ? [] : [LayerOption("multiplier", multiplier)]) + form.options()
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let input = inputs[0].shape
    let middle = try input.channels(multipliedBy: multiplier)
    guard filters > 0 else { throw LayerProblem("positive filters", got: "\(filters) filters") }
    let channels = middle / multiplier
    return try form.signature(
      inputs[0], try form.output(operation, of: input, filters: filters),
      kernels: [
        form.kernel(
          size: try form.size(for: input), channels: channels, filters: middle, groups: channels),
        ParameterDeclaration(
          "pointwise_kernel", shape: [middle, filters], initializer: form.kernelInitializer),
      ])
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let y = RanvierFunctions.separableConvolution(
      call.input, call.parameters["kernel"], pointwiseKernel: call.parameters["pointwise_kernel"],
      form.bias(call), strides: form.strides.sizes, padding: form.padding,
      dilation: form.dilation.sizes)
    return LayerResult(form.activation.applied(afterKernel: y))
  }
}

extension Model {
  /// A convolution of each channel by itself, with `multiplier` kernels for each, whose results a
  /// matrix then combines at each position.
  ///
  /// - Shapes: input `[batch, spatial..., channels]` with 1 to 3 spatial axes, output
  ///   `[batch, spatial..., filters]`.
  /// - Parameters of the layer: `kernel [size..., 1, channels * multiplier]`,
  ///   `pointwise_kernel [channels * multiplier, filters]`, `bias [filters]`.
  /// - Note: What Axon calls separable has no pointwise step: ``axialConv(multiplier:kernelSize:strides:padding:dilation:activation:useBias:kernelInitializer:biasInitializer:name:file:line:)``.
  public func separableConv(
    _ filters: Int, multiplier: Int = 1, kernelSize: SpatialSizes = 1, strides: SpatialSizes = 1,
    padding: Padding = .valid, dilation: SpatialSizes = 1, activation: Activation? = nil,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(
      SeparableConvolutionLayer(
        filters: filters, multiplier: multiplier,
        form: ConvolutionForm(
          kernelSize: kernelSize, strides: strides, padding: padding, dilation: dilation,
          activation: activation, useBias: useBias, kernelInitializer: kernelInitializer,
          biasInitializer: biasInitializer)),
      name: name, file, line)
  }
}
