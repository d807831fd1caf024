public import RanvierFunctions
internal import RanvierTensors

/// `activation(depthwise convolution of x with kernel + bias)`.
package struct DepthwiseConvolutionLayer: Layer {
  package let multiplier: Int
  package let form: ConvolutionForm

  package var operation: String { "depthwise_conv" }
  package var mixedPrecision: LayerPrecision { .narrow }
  package var options: [LayerOption] {
    (multiplier == 1 ? [] : [LayerOption("multiplier", multiplier)]) + form.options()
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let input = inputs[0].shape
    let filters = try input.channels(multipliedBy: multiplier)
    let channels = filters / multiplier
    return try form.signature(
      inputs[0], try form.output(operation, of: input, filters: filters),
      kernels: [
        form.kernel(
          size: try form.size(for: input), channels: channels, filters: filters, groups: channels)
      ])
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let y = RanvierFunctions.depthwiseConvolution(
      call.input, call.parameters["kernel"], form.bias(call), strides: form.strides.sizes,
      padding: form.padding, dilation: form.dilation.sizes)
    return LayerResult(form.activation.applied(afterKernel: y))
  }
}

extension Model {
  /// A convolution of each channel by itself, with `multiplier` kernels for each.
  ///
  /// - Shapes: input `[batch, spatial..., channels]` with 1 to 3 spatial axes, output
  ///   `[batch, spatial..., channels * multiplier]`.
  /// - Parameters of the layer: `kernel [size..., 1, channels * multiplier]`,
  ///   `bias [channels * multiplier]`.
  public func depthwiseConv(
    multiplier: Int = 1, kernelSize: SpatialSizes = 1, strides: SpatialSizes = 1,
    padding: Padding = .valid, dilation: SpatialSizes = 1, activation: Activation? = nil,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(
      DepthwiseConvolutionLayer(
        multiplier: multiplier,
        form: ConvolutionForm(
          kernelSize: kernelSize, strides: strides, padding: padding, dilation: dilation,
          activation: activation, useBias: useBias, kernelInitializer: kernelInitializer,
          biasInitializer: biasInitializer)),
      name: name, file, line)
  }
}
