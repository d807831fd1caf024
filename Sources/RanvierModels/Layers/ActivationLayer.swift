public import RanvierFunctions
internal import RanvierTensors

/// An activation as a layer of its own.
package struct ActivationLayer: Layer {
  package let activation: Activation

  package var operation: String { activation.name }
  package var mixedPrecision: LayerPrecision { activation.isElementwise ? .asGiven : .wide }
  package var options: [LayerOption] {
    activation.options.sorted { $0.key < $1.key }.map { LayerOption($0.key, $0.value) }
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    LayerSignature(inputs[0].shape, elementType: try activation.elementType(of: inputs[0]))
  }

  package func apply(_ call: LayerCall) -> LayerResult { LayerResult(activation(call.input)) }
}

extension Model {
  /// Applies an activation; the shape stays.
  public func activation(
    _ activation: Activation, name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(ActivationLayer(activation: activation), name: name, file, line)
  }

  /// Applies `max(x, 0)`.
  public func relu(
    name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    activation(.relu, name: name, file: file, line: line)
  }

  /// Applies `1 / (1 + exp(-x))`.
  public func sigmoid(
    name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    activation(.sigmoid, name: name, file: file, line: line)
  }

  /// Applies the hyperbolic tangent.
  public func tanh(
    name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    activation(.tanh, name: name, file: file, line: line)
  }

  /// Applies the softmax over the last axis.
  public func softmax(
    name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    activation(.softmax, name: name, file: file, line: line)
  }

  /// Applies the Gaussian error linear unit, in its exact form.
  public func gelu(
    name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    activation(.gelu, name: name, file: file, line: line)
  }
}

extension Activation {
  /// The type of the activation's results; it has to keep the shape.
  func elementType(of input: LayerInput) throws(LayerProblem) -> ElementType {
    let type = input.type()
    let result = try recordedType([type]) { self($0[0]) }
    guard result.shape == type.shape else {
      throw LayerProblem(
        "an activation that keeps the shape", got: "\(name), which turns \(type) into \(result)")
    }
    return result.elementType
  }
}

extension Optional where Wrapped == Activation {
  /// The activation as an option to show, if there is one.
  var options: [LayerOption] { map { [LayerOption("activation", $0)] } ?? [] }

  /// What a layer makes of its product by this activation, if there is one.
  ///
  /// A softmax is computed at least in `f32`, also after a narrow product.
  func applied(afterKernel product: Tensor) -> Tensor {
    guard let self else { return product }
    let isWide = self.isElementwise || product.elementType == .float64
    return self(isWide ? product : product.cast(to: .float32))
  }

  /// The type of what a layer with an `f32` kernel gives after this activation, if there is one.
  func elementType(afterKernelOn input: LayerInput, _ output: DynamicShape) throws(LayerProblem)
    -> ElementType
  {
    let product = LayerInput(output, ElementType.promoted(input.elementType, .float32))
    return try self?.elementType(of: product) ?? product.elementType
  }
}
