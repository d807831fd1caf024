package import RanvierFunctions
internal import RanvierTensors

/// What the layers with a convolution have in common: how the kernel moves, and what comes after.
package struct ConvolutionForm: Sendable, Hashable {
  package let kernelSize: SpatialSizes
  package let strides: SpatialSizes
  package let padding: Padding
  package let dilation: SpatialSizes
  package let activation: Activation?
  package let useBias: Bool
  package let kernelInitializer: Initializer
  package let biasInitializer: Initializer

  /// The options worth showing: those of the movement, a layer's own, and what comes after.
  func options(_ own: [LayerOption] = []) -> [LayerOption] {
    var options = [LayerOption("kernel size", kernelSize)]
    if strides != 1 { options.append(LayerOption("strides", strides)) }
    if padding != .valid { options.append(LayerOption("padding", padding.summary)) }
    if dilation != 1 { options.append(LayerOption("dilation", dilation)) }
    return options + own + activation.options + (useBias ? [] : [LayerOption("use bias", false)])
  }

  /// The kernel's size along each spatial axis of an input.
  func size(for input: DynamicShape) throws(LayerProblem) -> [Int] {
    let axes = try input.spatialAxes()
    guard let size = kernelSize.repeated(axes) else {
      throw LayerProblem(
        "a kernel size for all \(axes) spatial axes or one for each",
        got: "\(kernelSize) for \(input)")
    }
    return size
  }

  /// The shape of one value of each filter per window.
  func output(
    _ operation: String, of input: DynamicShape, filters: Int
  ) throws(LayerProblem) -> DynamicShape {
    var output = try input.windowed(
      operation, size: kernelSize, strides: strides, padding: padding, dilation: dilation)
    output[-1] = filters
    return output
  }

  /// The layer's signature; a bias of one number per filter follows the kernels if there is one.
  func signature(
    _ input: LayerInput, _ output: DynamicShape, kernels: [ParameterDeclaration]
  ) throws(LayerProblem) -> LayerSignature {
    let bias = useBias ? [self.bias("bias", filters: output[-1] ?? 0)] : []
    return LayerSignature(
      output, elementType: try activation.elementType(afterKernelOn: input, output),
      parameters: kernels + bias)
  }

  func bias(_ name: String, filters: Int) -> ParameterDeclaration {
    ParameterDeclaration(name, shape: [filters], initializer: biasInitializer)
  }

  /// The declaration of a kernel `[size..., channels / groups, filters]`.
  func kernel(
    _ name: String = "kernel", size: [Int], channels: Int, filters: Int, groups: Int
  ) -> ParameterDeclaration {
    ParameterDeclaration(
      name, shape: Shape(size + [channels / groups, filters]), initializer: kernelInitializer,
      layout: .convolution(groups: groups))
  }

  /// The layer's bias, if it has one.
  func bias(_ call: LayerCall) -> Tensor? { useBias ? call.parameters["bias"] : nil }
}

extension DynamicShape {
  /// The number of channels of an input with spatial axes.
  func channels() throws(LayerProblem) -> Int {
    _ = try spatialAxes()
    guard let channels = self[-1] else {
      throw LayerProblem("a known number of channels, the last axis", got: "\(self)")
    }
    return channels
  }

  /// The number of channels that a depthwise convolution makes.
  func channels(multipliedBy multiplier: Int) throws(LayerProblem) -> Int {
    let channels = try channels()
    let (product, overflow) = channels.multipliedReportingOverflow(by: multiplier)
    guard multiplier > 0, channels > 0, !overflow else {
      throw LayerProblem(
        "a positive multiplier of at least one channel",
        got: "multiplier \(multiplier) of \(channels) channels")
    }
    return product
  }
}
