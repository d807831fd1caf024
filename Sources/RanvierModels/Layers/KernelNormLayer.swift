public import RanvierFunctions
internal import RanvierTensors

/// A layer whose kernel is normalized before it is used; one without a kernel stays as it is.
package struct KernelNormLayer: Layer {
  /// How the kernel is normalized.
  package enum Kind: Sendable, Hashable {
    /// Into directions and magnitudes, which begin by the initializer.
    case weight(magnitudes: Initializer)
    /// By its largest singular value, found by iterations.
    case spectral(iterations: Int)
  }

  package let kind: Kind
  package let base: any Layer

  package var operation: String { base.operation }
  package var mixedPrecision: LayerPrecision { base.mixedPrecision }
  package var options: [LayerOption] { base.options }

  package static func == (first: KernelNormLayer, second: KernelNormLayer) -> Bool {
    first.kind == second.kind && first.base.isEqual(to: second.base)
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    base.hash(into: &hasher)
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    var signature = try base.signature(inputs)
    guard let index = signature.parameters.firstIndex(where: { $0.name == "kernel" }) else {
      return signature
    }
    let kernel = signature.parameters[index]
    let outputAxis = kernel.layout.outputAxis(rank: kernel.shape.rank)
    let outputs = kernel.shape[outputAxis]
    switch kind {
    case .weight(let initializer):
      signature.parameters[index].name = "kernel_direction"
      signature.parameters.insert(
        ParameterDeclaration("kernel_magnitude", shape: [outputs], initializer: initializer),
        at: index + 1)
    case .spectral(let iterations):
      guard iterations > 0 else {
        throw LayerProblem("at least one iteration", got: "\(iterations)")
      }
      signature.state += [
        ParameterDeclaration("kernel_left", shape: [outputs], initializer: .unitVector),
        ParameterDeclaration(
          "kernel_right", shape: [kernel.shape.count / Swift.max(outputs, 1)], initializer: .zeros),
      ]
    }
    return signature
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    var parameters = call.parameters
    switch kind {
    case .weight where !parameters.contains("kernel_direction"),
      .spectral where !parameters.contains("kernel"):
      return base.apply(call)
    case .weight:
      let direction = parameters["kernel_direction"]
      parameters["kernel"] = RanvierFunctions.weightNorm(
        direction, magnitude: parameters["kernel_magnitude"], axis: outputAxis(call))
      return base.apply(call.replacing(parameters))
    case .spectral(let iterations):
      let kernel = parameters["kernel"]
      let (left, right) = (call.state["kernel_left"], call.state["kernel_right"])
      let axis = outputAxis(call)
      guard call.isTraining else {
        parameters["kernel"] = RanvierFunctions.spectralNorm(
          kernel, left: left, right: right, axis: axis)
        return base.apply(call.replacing(parameters))
      }
      let step = spectralNormTraining(
        kernel, left: left, right: right, axis: axis, iterations: iterations)
      parameters["kernel"] = step.output
      var result = base.apply(call.replacing(parameters))
      var state = result.state ?? Parameters()
      state["kernel_left"] = step.left
      state["kernel_right"] = step.right
      result.state = state
      return result
    }
  }
}

extension KernelNormLayer {
  /// The axis of the kernel's outputs.
  private func outputAxis(_ call: LayerCall) -> Int {
    let inputs = call.inputs.map { LayerInput(DynamicShape($0.shape), $0.elementType) }
    // The model was built with these inputs.
    let kernel = try? base.signature(inputs).parameters.first { $0.name == "kernel" }
    return kernel.map { $0.layout.outputAxis(rank: $0.shape.rank) } ?? -1
  }
}

extension KernelLayout {
  fileprivate func outputAxis(rank: Int) -> Int {
    switch self {
    case .convolution: rank - 1
    case .transposedConvolution: rank - 2
    case .bilinear, .embedding: 0
    case .stacked: rank - 1
    }
  }
}

extension LayerCall {
  /// The same call with other parameters.
  fileprivate func replacing(_ parameters: Parameters) -> LayerCall {
    LayerCall(
      inputs: inputs, parameters: parameters, state: state, isTraining: isTraining, key: key)
  }
}

extension Initializer {
  /// Normally distributed numbers, divided by their norm.
  fileprivate static let unitVector = Initializer("unit_vector") { shape, key, type, _ in
    key.normal(shape, elementType: type).normalized()
  }
}

extension Model {
  /// Learns the directions and the magnitudes of kernels apart, in all layers that the function
  /// adds.
  ///
  ///     let y = x.weightNorm { $0.dense(64, activation: .relu).dense(10) }
  ///
  /// `kernel = direction / norm(direction) * magnitude` with a direction for each output. Layers
  /// without a parameter `kernel` stay as they are.
  ///
  /// - Parameters:
  ///   - magnitudeInitializer: How the magnitudes begin: with `.ones`, an input of variance 1 gives
  ///     outputs of the mean square of its features.
  ///   - body: What adds layers. Of nested functions the inner one counts.
  /// - Parameters of the layers: `kernel_direction` as their kernel, `kernel_magnitude [outputs]`,
  ///   and what else they have.
  /// - Source: Salimans & Kingma 2016, arXiv:1602.07868.
  public func weightNorm(
    magnitudeInitializer: Initializer = .ones, _ body: (Model) -> Model
  ) -> Model {
    ModelNode.$kernelNorm.withValue(.weight(magnitudes: magnitudeInitializer)) { body(self) }
  }

  /// Divides kernels by their largest singular value, in all layers that the function adds.
  ///
  ///     let y = x.spectralNorm { $0.conv(64, kernelSize: 3).relu().conv(64, kernelSize: 3) }
  ///
  /// The singular vectors are layer state. Training improves them before each use by power
  /// iterations, prediction leaves them as they are. Layers without a parameter `kernel` stay as
  /// they are.
  ///
  /// - Parameters:
  ///   - iterations: The number of power iterations of each training step.
  ///   - body: What adds layers. Of nested functions the inner one counts.
  /// - Parameters of the layers: those they have; state `kernel_left [outputs]` and
  ///   `kernel_right [inputs]`.
  /// - Source: Miyato et al. 2018, arXiv:1802.05957.
  public func spectralNorm(iterations: Int = 1, _ body: (Model) -> Model) -> Model {
    ModelNode.$kernelNorm.withValue(.spectral(iterations: iterations)) { body(self) }
  }
}
