public import RanvierFunctions
internal import RanvierTensors

/// Grey-scale dilation or erosion by a kernel that is learnt.
package struct MorphologyLayer: Layer {
  package let erodes: Bool
  package let form: ConvolutionForm

  package var operation: String { erodes ? "morphological_erosion" : "morphological_dilation" }
  package var options: [LayerOption] { form.options() }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let input = inputs[0].shape
    let channels = try input.channels()
    try inputs[0].checkFloatingPoint()
    let size = try form.size(for: input)
    return LayerSignature(
      try form.output(operation, of: input, filters: channels),
      elementType: ElementType.promoted(inputs[0].elementType, .float32),
      parameters: [
        ParameterDeclaration(
          "kernel", shape: Shape(size + [channels]), initializer: form.kernelInitializer,
          layout: .convolution(groups: max(channels, 1)))
      ])
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let function =
      erodes ? RanvierFunctions.morphologicalErosion : RanvierFunctions.morphologicalDilation
    return LayerResult(
      function(
        call.input, call.parameters["kernel"], form.strides.sizes, form.padding,
        form.dilation.sizes))
  }
}

extension Model {
  /// The largest sum of a value and the kernel over each window, channel by channel.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output `[batch, spatial..., channels]`.
  /// - Parameters of the layer: `kernel [size..., channels]`.
  public func morphologicalDilation(
    kernelSize: SpatialSizes, strides: SpatialSizes = 1, padding: Padding = .valid,
    dilation: SpatialSizes = 1, kernelInitializer: Initializer = .glorotUniform,
    name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      MorphologyLayer(
        erodes: false,
        form: ConvolutionForm(
          kernelSize: kernelSize, strides: strides, padding: padding, dilation: dilation,
          activation: nil, useBias: true, kernelInitializer: kernelInitializer,
          biasInitializer: .zeros)),
      name: name, file, line)
  }

  /// The smallest difference of a value and the reversed kernel over each window, channel by channel.
  ///
  /// - Shapes: input `[batch, spatial..., channels]`, output `[batch, spatial..., channels]`.
  /// - Parameters of the layer: `kernel [size..., channels]`.
  public func morphologicalErosion(
    kernelSize: SpatialSizes, strides: SpatialSizes = 1, padding: Padding = .valid,
    dilation: SpatialSizes = 1, kernelInitializer: Initializer = .glorotUniform,
    name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      MorphologyLayer(
        erodes: true,
        form: ConvolutionForm(
          kernelSize: kernelSize, strides: strides, padding: padding, dilation: dilation,
          activation: nil, useBias: true, kernelInitializer: kernelInitializer,
          biasInitializer: .zeros)),
      name: name, file, line)
  }
}
