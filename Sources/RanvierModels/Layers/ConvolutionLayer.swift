public import RanvierFunctions
internal import RanvierTensors

/// `activation(convolution of x with kernel + bias)`.
package struct ConvolutionLayer: Layer {
  package let filters: Int
  package let form: ConvolutionForm
  package let inputDilation: SpatialSizes
  package let groups: Int

  package var operation: String { "conv" }
  package var mixedPrecision: LayerPrecision { .narrow }

  package var options: [LayerOption] {
    var own: [LayerOption] = []
    if inputDilation != 1 { own.append(LayerOption("input dilation", inputDilation)) }
    if groups != 1 { own.append(LayerOption("groups", groups)) }
    return [LayerOption("filters", filters)] + form.options(own)
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let input = inputs[0].shape
    let channels = try input.channels()
    guard filters > 0, groups > 0, channels % groups == 0, filters % groups == 0 else {
      throw LayerProblem(
        "positive filters and groups that divide channels and filters",
        got: "\(channels) channels, \(filters) filters, \(groups) groups")
    }
    let size = try form.size(for: input)
    let output = try form.output("conv", of: input.spaced(by: inputDilation), filters: filters)
    return try form.signature(
      inputs[0], output,
      kernels: [form.kernel(size: size, channels: channels, filters: filters, groups: groups)])
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let y = RanvierFunctions.convolution(
      call.input, call.parameters["kernel"], form.bias(call), strides: form.strides.sizes,
      padding: form.padding, dilation: form.dilation.sizes, inputDilation: inputDilation.sizes,
      groups: groups)
    return LayerResult(form.activation.applied(afterKernel: y))
  }
}

extension Model {
  /// A convolution over 1 to 3 spatial axes, channels last: `activation(x * kernel + bias)`.
  ///
  /// Sizes are one number for all spatial axes, or an array with one for each.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output `[batch, spatial..., filters]`.
  /// - Parameters of the layer: `kernel [size..., channels / groups, filters]`, `bias [filters]`.
  public func conv(
    _ filters: Int, kernelSize: SpatialSizes = 1, strides: SpatialSizes = 1,
    padding: Padding = .valid, dilation: SpatialSizes = 1, inputDilation: SpatialSizes = 1,
    groups: Int = 1, activation: Activation? = nil, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      ConvolutionLayer(
        filters: filters,
        form: ConvolutionForm(
          kernelSize: kernelSize, strides: strides, padding: padding, dilation: dilation,
          activation: activation, useBias: useBias, kernelInitializer: kernelInitializer,
          biasInitializer: biasInitializer),
        inputDilation: inputDilation, groups: groups),
      name: name, file, line)
  }
}
