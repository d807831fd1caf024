public import RanvierFunctions
internal import RanvierTensors

/// `activation(convolution of x with kernel + bias)`.
package struct ConvolutionLayer: Layer {
  package let filters: Int
  package let kernelSize: SpatialSizes
  package let strides: SpatialSizes
  package let padding: Padding
  package let dilation: SpatialSizes
  package let groups: Int
  package let activation: Activation?
  package let useBias: Bool
  package let kernelInitializer: Initializer
  package let biasInitializer: Initializer

  package var operation: String { "conv" }
  package var mixedPrecision: LayerPrecision { .narrow }

  package var options: [LayerOption] {
    var options = [LayerOption("filters", filters), LayerOption("kernel size", kernelSize)]
    if strides != 1 { options.append(LayerOption("strides", strides)) }
    if padding != .valid { options.append(LayerOption("padding", padding.summary)) }
    if dilation != 1 { options.append(LayerOption("dilation", dilation)) }
    if groups != 1 { options.append(LayerOption("groups", groups)) }
    return options + activation.options + (useBias ? [] : [LayerOption("use bias", false)])
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let input = inputs[0].shape
    let axes = try input.spatialAxes()
    guard let channels = input[-1] else {
      throw LayerProblem("a known number of channels, the last axis", got: "\(input)")
    }
    guard filters > 0, groups > 0, channels % groups == 0, filters % groups == 0 else {
      throw LayerProblem(
        "positive filters and groups that divide channels and filters",
        got: "\(channels) channels, \(filters) filters, \(groups) groups")
    }
    guard let size = kernelSize.repeated(axes) else {
      throw LayerProblem(
        "a kernel size for all \(axes) spatial axes or one for each",
        got: "\(kernelSize) for \(input)")
    }
    var output = try input.windowed(
      "conv", size: kernelSize, strides: strides, padding: padding, dilation: dilation)
    output[-1] = filters
    let kernel = ParameterDeclaration(
      "kernel", shape: Shape(size + [channels / groups, filters]), initializer: kernelInitializer,
      layout: .convolution(groups: groups))
    let bias = ParameterDeclaration("bias", shape: [filters], initializer: biasInitializer)
    return LayerSignature(
      output, elementType: try activation.elementType(afterKernelOn: inputs[0], output),
      parameters: useBias ? [kernel, bias] : [kernel])
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let bias = useBias ? call.parameters["bias"] : nil
    let y = RanvierFunctions.convolution(
      call.input, call.parameters["kernel"], bias, strides: strides.sizes, padding: padding,
      dilation: dilation.sizes, groups: groups)
    return LayerResult(activation.applied(afterKernel: y))
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
    padding: Padding = .valid, dilation: SpatialSizes = 1, groups: Int = 1,
    activation: Activation? = nil, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      ConvolutionLayer(
        filters: filters, kernelSize: kernelSize, strides: strides, padding: padding,
        dilation: dilation, groups: groups, activation: activation, useBias: useBias,
        kernelInitializer: kernelInitializer, biasInitializer: biasInitializer),
      name: name, file, line)
  }
}
