public import RanvierFunctions
internal import RanvierTensors

/// `activation(...)` of depthwise convolutions along one axis after the other.
package struct AxialConvolutionLayer: Layer {
  package let multiplier: Int
  package let form: ConvolutionForm

  package var operation: String { "axial_conv" }
  package var mixedPrecision: LayerPrecision { .narrow }
  package var options: [LayerOption] {
    (multiplier == 1 ? [] : [LayerOption("multiplier", multiplier)]) + form.options()
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let input = inputs[0].shape
    let filters = try input.channels(multipliedBy: multiplier)
    let size = try form.size(for: input)
    let output = try form.output(operation, of: input, filters: filters)
    let parameters = size.indices.flatMap { axis in
      let alone = size.indices.map { $0 == axis ? size[axis] : 1 }
      // Only the first convolution multiplies the channels.
      let channels = axis == 0 ? filters / multiplier : filters
      let kernel = form.kernel(
        "kernel_\(axis + 1)", size: alone, channels: channels, filters: filters, groups: channels)
      return form.useBias ? [kernel, form.bias("bias_\(axis + 1)", filters: filters)] : [kernel]
    }
    return LayerSignature(
      output, elementType: try form.activation.elementType(afterKernelOn: inputs[0], output),
      parameters: parameters)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let axes = 1 ..< max(call.input.rank - 1, 1)
    let y = RanvierFunctions.axialConvolution(
      call.input, kernels: axes.map { call.parameters["kernel_\($0)"] },
      biases: form.useBias ? axes.map { call.parameters["bias_\($0)"] } : nil,
      strides: form.strides.sizes, padding: form.padding, dilation: form.dilation.sizes)
    return LayerResult(form.activation.applied(afterKernel: y))
  }
}

extension Model {
  /// Convolutions of each channel by itself, along one spatial axis after the other; the first makes
  /// `multiplier` channels of each.
  ///
  /// - Shapes: input `[batch, spatial..., channels]` with 1 to 3 spatial axes, output
  ///   `[batch, spatial..., channels * multiplier]`.
  /// - Parameters of the layer: for the i-th axis, from 1: `kernel_i [1..., size, 1..., 1, channels *
  ///   multiplier]`, `bias_i [channels * multiplier]`.
  /// - Note: This is Axon's `separable_conv2d` and `separable_conv3d`.
  public func axialConv(
    multiplier: Int = 1, kernelSize: SpatialSizes = 1, strides: SpatialSizes = 1,
    padding: Padding = .valid, dilation: SpatialSizes = 1, activation: Activation? = nil,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    adding(
      AxialConvolutionLayer(
        multiplier: multiplier,
        form: ConvolutionForm(
          kernelSize: kernelSize, strides: strides, padding: padding, dilation: dilation,
          activation: activation, useBias: useBias, kernelInitializer: kernelInitializer,
          biasInitializer: biasInitializer)),
      name: name, file, line)
  }
}
