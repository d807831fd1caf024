public import RanvierFunctions
internal import RanvierTensors

/// `activation(first · kernel · second + bias)`.
package struct BilinearLayer: Layer {
  package let units: Int
  package let activation: Activation?
  package let useBias: Bool
  package let kernelInitializer: Initializer
  package let biasInitializer: Initializer

  package var operation: String { "bilinear" }
  package var mixedPrecision: LayerPrecision { .narrow }
  package var options: [LayerOption] {
    [LayerOption("units", units)] + activation.options
      + (useBias ? [] : [LayerOption("use bias", false)])
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    guard units > 0 else { throw LayerProblem("at least one unit", got: "\(units)") }
    let (first, second) = (inputs[0], inputs[1])
    let got = "\(first) and \(second)"
    guard first.shape.rank >= 2, first.shape.rank == second.shape.rank,
      let features = first.shape[-1], let others = second.shape[-1],
      first.elementType == second.elementType
    else {
      throw LayerProblem(
        "two inputs of one rank of 2 or more and one type, [batch, ..., features] of known features",
        got: got)
    }
    var output = first.shape
    for axis in 0 ..< first.shape.rank - 1 {
      guard output[axis] == second.shape[axis] || output[axis] == nil || second.shape[axis] == nil
      else { throw LayerProblem("equal sizes in all axes but the last", got: got) }
      output[axis] = output[axis] ?? second.shape[axis]
    }
    output[-1] = units
    let kernel = ParameterDeclaration(
      "kernel", shape: [units, features, others], initializer: kernelInitializer,
      layout: .bilinear)
    let bias = ParameterDeclaration("bias", shape: [units], initializer: biasInitializer)
    return LayerSignature(
      output, elementType: try activation.elementType(afterKernelOn: first, output),
      parameters: useBias ? [kernel, bias] : [kernel])
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let bias = useBias ? call.parameters["bias"] : nil
    let y = RanvierFunctions.bilinear(
      call.inputs[0], call.inputs[1], call.parameters["kernel"], bias)
    return LayerResult(activation.applied(afterKernel: y))
  }
}

extension Model {
  /// Multiplies all pairs of two models' features by a kernel: `activation(sum over i and j of
  /// first[i] * kernel[unit, i, j] * second[j] + bias[unit])`.
  ///
  /// - Shapes: inputs `[batch, ..., first features]` and `[batch, ..., second features]`, output
  ///   `[batch, ..., units]`.
  /// - Parameters of the layer: `kernel [units, first features, second features]`, `bias [units]`.
  public static func bilinear(
    _ first: Model, _ second: Model, units: Int, activation: Activation? = nil,
    useBias: Bool = true, kernelInitializer: Initializer = .glorotUniform,
    biasInitializer: Initializer = .zeros, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    Model(
      BilinearLayer(
        units: units, activation: activation, useBias: useBias,
        kernelInitializer: kernelInitializer, biasInitializer: biasInitializer),
      [first, second], name: name, location: CodeLocation(file: "\(file)", line: line))
  }
}
