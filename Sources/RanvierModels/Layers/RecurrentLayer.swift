public import RanvierFunctions
internal import RanvierTensors

/// A recurrent network over sequences, from zeros.
package struct RecurrentLayer: Layer {
  package enum Kind: String, Sendable, Hashable { case lstm, gru }

  package let kind: Kind
  package let units: Int
  package let returnsSequence: Bool
  package let useBias: Bool
  package let kernelInitializer: Initializer
  package let recurrentInitializer: Initializer
  package let biasInitializer: Initializer

  package var operation: String { kind.rawValue }
  package var mixedPrecision: LayerPrecision { .narrow }
  package var options: [LayerOption] {
    [LayerOption("units", units)] + (returnsSequence ? [] : [LayerOption("returns", "last state")])
      + (useBias ? [] : [LayerOption("use bias", false)])
  }

  /// How many vectors of units a step computes.
  private var gates: Int { kind == .lstm ? 4 : 3 }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let input = inputs[0].shape
    try inputs[0].checkFloatingPoint()
    guard units > 0 else { throw LayerProblem("at least one unit", got: "\(units)") }
    guard input.rank == 3, let features = input[-1] else {
      throw LayerProblem(
        "an input [batch, steps, features] with known features", got: "\(input)")
    }
    let (width, overflows) = units.multipliedReportingOverflow(by: gates)
    guard !overflows else { throw LayerProblem("a shape that is possible", got: "\(units) units") }
    var parameters = [
      ParameterDeclaration("kernel", shape: [features, width], initializer: kernelInitializer),
      ParameterDeclaration(
        "recurrent_kernel", shape: [units, width], initializer: recurrentInitializer),
    ]
    if useBias {
      parameters.append(
        ParameterDeclaration("bias", shape: [width], initializer: biasInitializer))
      if kind == .gru {
        parameters.append(
          ParameterDeclaration("recurrent_bias", shape: [units], initializer: biasInitializer))
      }
    }
    return LayerSignature(
      returnsSequence ? [input[0], input[1], units] : [input[0], units],
      elementType: ElementType.promoted(inputs[0].elementType, .float32), parameters: parameters)
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    let kernel = call.parameters["kernel"]
    let recurrentKernel = call.parameters["recurrent_kernel"]
    let bias = useBias ? call.parameters["bias"] : nil
    switch kind {
    case .lstm:
      let (states, last) = RanvierFunctions.lstm(
        call.input, kernel: kernel, recurrentKernel: recurrentKernel, bias: bias)
      return LayerResult(returnsSequence ? states : last.hidden)
    case .gru:
      let (states, last) = RanvierFunctions.gru(
        call.input, kernel: kernel, recurrentKernel: recurrentKernel, bias: bias,
        recurrentBias: useBias ? call.parameters["recurrent_bias"] : nil)
      return LayerResult(returnsSequence ? states : last)
    }
  }
}

extension Model {
  /// A long short-term memory over sequences, from zeros.
  ///
  /// - Shapes: input `[batch, steps, features]`, output `[batch, steps, units]`, or `[batch, units]`
  ///   if only the last state is returned.
  /// - Parameters:
  ///   - units: The size of the state.
  ///   - returnsSequence: Whether the states of all steps are returned, or only the last one.
  ///   - forgetBias: What the forget gate's bias begins with; the other biases begin with 0.
  /// - Parameters of the layer: `kernel [features, 4 * units]`, `recurrent_kernel
  ///   [units, 4 * units]`, `bias [4 * units]`, each with the input gate first, then the forget
  ///   gate, the candidate and the output gate.
  /// - Source: Hochreiter & Schmidhuber 1997.
  public func lstm(
    _ units: Int, returnsSequence: Bool = true, useBias: Bool = true, forgetBias: Double = 1,
    kernelInitializer: Initializer = .glorotUniform,
    recurrentInitializer: Initializer = .orthogonal, name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      RecurrentLayer(
        kind: .lstm, units: units, returnsSequence: returnsSequence, useBias: useBias,
        kernelInitializer: kernelInitializer, recurrentInitializer: recurrentInitializer,
        biasInitializer: .forgetBias(forgetBias)),
      name: name, file, line)
  }

  /// A gated recurrent unit over sequences, from zeros.
  ///
  /// - Shapes: input `[batch, steps, features]`, output `[batch, steps, units]`, or `[batch, units]`
  ///   if only the last state is returned.
  /// - Parameters:
  ///   - units: The size of the state.
  ///   - returnsSequence: Whether the states of all steps are returned, or only the last one.
  /// - Parameters of the layer: `kernel [features, 3 * units]`, `recurrent_kernel
  ///   [units, 3 * units]`, `bias [3 * units]`, each with the reset gate first, then the update gate
  ///   and the candidate; `recurrent_bias [units]` for the candidate.
  /// - Source: Cho et al. 2014, arXiv:1406.1078.
  public func gru(
    _ units: Int, returnsSequence: Bool = true, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform,
    recurrentInitializer: Initializer = .orthogonal, biasInitializer: Initializer = .zeros,
    name: String? = nil, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    adding(
      RecurrentLayer(
        kind: .gru, units: units, returnsSequence: returnsSequence, useBias: useBias,
        kernelInitializer: kernelInitializer, recurrentInitializer: recurrentInitializer,
        biasInitializer: biasInitializer),
      name: name, file, line)
  }
}
