public import RanvierFunctions
package import RanvierTensors

/// A long short-term memory whose products are convolutions.
package struct ConvLSTMKind: RecurrentKind {
  package let weights: RecurrentWeights
  let kernelSize: SpatialSizes
  let strides: SpatialSizes
  let padding: Padding
  let dilation: SpatialSizes
  let activation: Activation
  let gateActivation: Activation

  package var operation: String { "conv_lstm" }
  package var options: [LayerOption] {
    var options = [LayerOption("kernel size", kernelSize)]
    if strides != 1 { options.append(LayerOption("strides", strides)) }
    if padding != .same { options.append(LayerOption("padding", padding.summary)) }
    if dilation != 1 { options.append(LayerOption("dilation", dilation)) }
    return options + shown(activation, gate: gateActivation)
  }
  package var stateNames: [String] { ["hidden", "cell"] }

  /// The shape of the images of one step.
  private func image(of input: DynamicShape) throws(LayerProblem) -> DynamicShape {
    guard (4 ... 6).contains(input.rank), input[-1] != nil else {
      throw LayerProblem(
        "an input [batch, steps, 1 to 3 spatial axes, channels] with known channels",
        got: "\(input)")
    }
    return DynamicShape([input[0]] + input.sizes.dropFirst(2))
  }

  package func stateShape(of input: DynamicShape) throws(LayerProblem) -> DynamicShape {
    var shape = try image(of: input).windowed(
      "convLSTM", size: kernelSize, strides: strides, padding: padding, dilation: dilation)
    shape[-1] = weights.units
    return shape
  }

  package func parameters(
    of input: DynamicShape
  ) throws(LayerProblem) -> [ParameterDeclaration] {
    try check(activation, gateActivation)
    let image = try image(of: input)
    guard let window = kernelSize.repeated(image.rank - 2), let channels = image[-1] else {
      throw LayerProblem(
        "a kernel size for all \(image.rank - 2) spatial axes or one for each",
        got: "\(kernelSize) for \(input)")
    }
    return try weights.declarations(gates: 4, features: channels, window: window)
  }

  package func run(_ call: RecurrentCall) -> (states: Tensor, last: [Tensor]) {
    let (states, last) = RanvierFunctions.convLSTM(
      call.x, from: call.memory, kernel: call.parameters["kernel"],
      recurrentKernel: call.parameters["recurrent_kernel"], bias: call.optional("bias"),
      mask: call.mask, strides: strides.sizes, padding: padding, dilation: dilation.sizes,
      activation: activation, gateActivation: gateActivation, reversed: call.isReversed,
      unrolled: call.isUnrolled)
    return (states, last.tensors)
  }
}

extension RecurrentCell {
  /// The step of a long short-term memory whose products are convolutions, as `convLSTMCell`
  /// computes it.
  public static func convLSTM(
    _ units: Int, kernelSize: SpatialSizes = 1, strides: SpatialSizes = 1,
    padding: Padding = .same, dilation: SpatialSizes = 1, activation: Activation = .tanh,
    gateActivation: Activation = .sigmoid, useBias: Bool = true, forgetBias: Double = 1,
    kernelInitializer: Initializer = .glorotUniform,
    recurrentInitializer: Initializer = .orthogonal
  ) -> RecurrentCell {
    RecurrentCell(
      kind: ConvLSTMKind(
        weights: RecurrentWeights(
          units: units, useBias: useBias, kernelInitializer: kernelInitializer,
          recurrentInitializer: recurrentInitializer, biasInitializer: .forgetBias(forgetBias)),
        kernelSize: kernelSize, strides: strides, padding: padding, dilation: dilation,
        activation: activation, gateActivation: gateActivation))
  }
}

extension Model {
  /// A long short-term memory over sequences of images, whose products are convolutions.
  ///
  /// Strides, padding and dilation are those of the convolution of the inputs. That of the hidden
  /// state has strides of 1 and padding `.same`.
  ///
  /// - Shapes: input `[batch, steps, spatial..., channels]` with 1 to 3 spatial axes, output
  ///   `[batch, steps, windows..., units]`, or `[batch, windows..., units]` if only the last state is
  ///   returned; hidden state and cell `[batch, windows..., units]`, mask `[batch, steps]`.
  /// - Parameters:
  ///   - units: The number of channels of the state.
  ///   - kernelSize: The sizes of both kernels.
  ///   - returnsSequence: Whether the states of all steps are returned, or only the last one.
  ///   - start: The state before the first step, zeros by default.
  ///   - mask: True where there is a step; over others the state is carried, so that padded
  ///     sequences end as unpadded ones.
  ///   - activation: What stands for tanh.
  ///   - gateActivation: What stands for sigmoid.
  ///   - forgetBias: What the forget gate's bias begins with; the other biases begin with 0.
  ///   - startInitializer: How a start that is learnt begins, the same for all sequences and
  ///     positions; nil for zeros that are not learnt.
  ///   - isReversed: Whether the steps are taken from the last to the first; the sequence keeps its
  ///     order.
  ///   - isUnrolled: Whether each step is compiled as it is, rather than a loop.
  /// - Parameters of the layer: `kernel [size..., channels, 4 * units]`, `recurrent_kernel
  ///   [size..., units, 4 * units]`, `bias [4 * units]`, each with the input gate first, then the
  ///   forget gate, the candidate and the output gate; `initial_hidden [units]` and
  ///   `initial_cell [units]` if the start is learnt.
  /// - Source: Shi et al. 2015, arXiv:1506.04214, without connections from the cell to the gates.
  public func convLSTM(
    _ units: Int, kernelSize: SpatialSizes = 1, strides: SpatialSizes = 1,
    padding: Padding = .same, dilation: SpatialSizes = 1, returnsSequence: Bool = true,
    from start: RecurrentState? = nil, mask: Model? = nil, activation: Activation = .tanh,
    gateActivation: Activation = .sigmoid, useBias: Bool = true, forgetBias: Double = 1,
    kernelInitializer: Initializer = .glorotUniform,
    recurrentInitializer: Initializer = .orthogonal, startInitializer: Initializer? = nil,
    reversed isReversed: Bool = false, unrolled isUnrolled: Bool = false, name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    recurrent(
      .convLSTM(
        units, kernelSize: kernelSize, strides: strides, padding: padding, dilation: dilation,
        activation: activation, gateActivation: gateActivation, useBias: useBias,
        forgetBias: forgetBias, kernelInitializer: kernelInitializer,
        recurrentInitializer: recurrentInitializer),
      RecurrentForm(
        direction: isReversed ? .backward : .forward, returnsSequence: returnsSequence,
        startInitializer: startInitializer, isUnrolled: isUnrolled),
      from: [start], mask: mask, name: name, file, line)
  }
}
