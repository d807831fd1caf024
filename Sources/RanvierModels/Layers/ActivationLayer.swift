public import RanvierFunctions
internal import RanvierTensors

/// An activation as a layer of its own.
package struct ActivationLayer: Layer {
  package let activation: Activation

  package var operation: String { activation.name }
  package var options: [LayerOption] {
    activation.options.sorted { $0.key < $1.key }.map { LayerOption($0.key, $0.value) }
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    LayerSignature(inputs[0].shape, elementType: inputs[0].elementType)
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
