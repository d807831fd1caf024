public import RanvierFunctions
internal import RanvierTensors

/// `activation(transposed convolution of x with kernel + bias)`.
package struct TransposedConvolutionLayer: Layer {
  package let filters: Int
  package let form: ConvolutionForm
  package let outputPadding: SpatialSizes
  package let groups: Int
  package let reversesKernel: Bool

  package var operation: String { "conv_transpose" }
  package var mixedPrecision: LayerPrecision { .narrow }

  package var options: [LayerOption] {
    var own: [LayerOption] = []
    if outputPadding != 0 { own.append(LayerOption("output padding", outputPadding)) }
    if groups != 1 { own.append(LayerOption("groups", groups)) }
    if reversesKernel { own.append(LayerOption("reverses kernel", true)) }
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
    let kernel = ParameterDeclaration(
      "kernel", shape: Shape(try form.size(for: input) + [filters / groups, channels]),
      initializer: form.kernelInitializer, layout: .transposedConvolution(groups: groups))
    let output = try inputs[0].spatialOutput(with: [kernel]) { transposed($0[0], $0[1], nil) }
    return try form.signature(inputs[0], output.shape, kernels: [kernel])
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let y = transposed(call.input, call.parameters["kernel"], form.bias(call))
    return LayerResult(form.activation.applied(afterKernel: y))
  }

  private func transposed(_ x: Tensor, _ kernel: Tensor, _ bias: Tensor?) -> Tensor {
    RanvierFunctions.transposedConvolution(
      x, kernel, bias, strides: form.strides.sizes, padding: form.padding,
      outputPadding: outputPadding.sizes, dilation: form.dilation.sizes, groups: groups,
      reversesKernel: reversesKernel)
  }
}

extension Model {
  /// A transposed convolution over 1 to 3 spatial axes, channels last: each value spread over a
  /// window of the output, weighted by a kernel, then a bias and an activation.
  ///
  /// With strides s, an axis of n positions gets `(n - 1) * s + (size - 1) * dilation + 1`, less the
  /// padding, plus the output padding; `n * s` with padding `.same`.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output `[batch, spatial..., filters]`.
  /// - Parameters of the layer: `kernel [size..., filters / groups, channels]`, `bias [filters]`.
  public func convTranspose(
    _ filters: Int, kernelSize: SpatialSizes = 1, strides: SpatialSizes = 1,
    padding: Padding = .valid, outputPadding: SpatialSizes = 0, dilation: SpatialSizes = 1,
    groups: Int = 1, reversesKernel: Bool = false, activation: Activation? = nil,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(
      TransposedConvolutionLayer(
        filters: filters,
        form: ConvolutionForm(
          kernelSize: kernelSize, strides: strides, padding: padding, dilation: dilation,
          activation: activation, useBias: useBias, kernelInitializer: kernelInitializer,
          biasInitializer: biasInitializer),
        outputPadding: outputPadding, groups: groups, reversesKernel: reversesKernel),
      name: name, file, line)
  }
}
