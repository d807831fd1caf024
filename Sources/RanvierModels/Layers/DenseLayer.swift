public import RanvierFunctions
internal import RanvierTensors

/// `activation(x · kernel + bias)`.
package struct DenseLayer: Layer {
  package let units: Int
  package let activation: Activation?
  package let useBias: Bool
  package let kernelInitializer: Initializer
  package let biasInitializer: Initializer

  package var operation: String { "dense" }
  package var mixedPrecision: LayerPrecision { .narrow }

  package var options: [LayerOption] {
    [LayerOption("units", units)] + activation.options
      + (useBias ? [] : [LayerOption("use bias", false)])
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let input = inputs[0]
    guard units > 0 else { throw LayerProblem("at least one unit", got: "\(units)") }
    guard input.shape.rank >= 2 else {
      throw LayerProblem(
        "an input of rank 2 or more, [batch, ..., features]", got: "\(input.shape)")
    }
    guard let features = input.shape[-1] else {
      throw LayerProblem(
        "a known size of the last axis", got: "\(input.shape)",
        hint: "state it in input(shape:)")
    }
    var output = input.shape
    output[-1] = units
    let bias = ParameterDeclaration("bias", shape: [units], initializer: biasInitializer)
    return LayerSignature(
      output, elementType: try activation.elementType(afterKernelOn: input, output),
      parameters: [
        ParameterDeclaration("kernel", shape: [features, units], initializer: kernelInitializer)
      ] + (useBias ? [bias] : []))
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let bias = useBias ? call.parameters["bias"] : nil
    let y = RanvierFunctions.dense(call.input, call.parameters["kernel"], bias)
    return LayerResult(activation.applied(afterKernel: y))
  }
}

extension Model {
  /// A fully connected layer: `activation(x · kernel + bias)` over the last axis.
  ///
  /// - Shapes: input `[batch, ..., features]`, output `[batch, ..., units]`.
  /// - Parameters of the layer: `kernel [features, units]`, `bias [units]`.
  public func dense(
    _ units: Int, activation: Activation? = nil, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform, biasInitializer: Initializer = .zeros,
    name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      DenseLayer(
        units: units, activation: activation, useBias: useBias,
        kernelInitializer: kernelInitializer, biasInitializer: biasInitializer),
      name: name, file, line)
  }
}
