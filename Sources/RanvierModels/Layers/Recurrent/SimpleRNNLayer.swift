public import RanvierFunctions
package import RanvierTensors

/// A simple recurrent network.
package struct SimpleRNNKind: RecurrentKind {
  package let weights: RecurrentWeights
  let activation: Activation

  package var operation: String { "simple_rnn" }
  package var options: [LayerOption] { shown(activation) }
  package var stateNames: [String] { ["hidden"] }

  package func parameters(
    of input: DynamicShape
  ) throws(LayerProblem) -> [ParameterDeclaration] {
    try check(activation)
    return try weights.declarations(gates: 1, features: try features(of: input))
  }

  package func run(_ call: RecurrentCall) -> (states: Tensor, last: [Tensor]) {
    let (states, last) = RanvierFunctions.simpleRNN(
      call.x, from: call.start?[0], kernel: call.parameters["kernel"],
      recurrentKernel: call.parameters["recurrent_kernel"], bias: call.optional("bias"),
      mask: call.mask, activation: activation, reversed: call.isReversed,
      unrolled: call.isUnrolled)
    return (states, [last])
  }
}

extension RecurrentCell {
  /// The step of a simple recurrent network: `activation(x · kernel + h · recurrentKernel + bias)`.
  public static func simpleRNN(
    _ units: Int, activation: Activation = .tanh, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform,
    recurrentInitializer: Initializer = .orthogonal, biasInitializer: Initializer = .zeros
  ) -> RecurrentCell {
    RecurrentCell(
      kind: SimpleRNNKind(
        weights: RecurrentWeights(
          units: units, useBias: useBias, kernelInitializer: kernelInitializer,
          recurrentInitializer: recurrentInitializer, biasInitializer: biasInitializer),
        activation: activation))
  }
}

extension Model {
  /// A simple recurrent network over sequences.
  ///
  /// Layers are stacked by writing one after the other: `x.simpleRNN(64).simpleRNN(64)`.
  ///
  /// - Shapes: input `[batch, steps, features]`, output `[batch, steps, units]`, or `[batch, units]`
  ///   if only the last state is returned; states `[batch, units]`, mask `[batch, steps]`.
  /// - Parameters:
  ///   - units: The size of the state.
  ///   - returnsSequence: Whether the states of all steps are returned, or only the last one.
  ///   - start: The state before the first step, zeros by default.
  ///   - mask: True where there is a step; over others the state is carried, so that padded
  ///     sequences end as unpadded ones.
  ///   - activation: Applied to the sum of the products.
  ///   - startInitializer: How a start that is learnt begins, the same for all sequences; nil for
  ///     zeros that are not learnt.
  ///   - isReversed: Whether the steps are taken from the last to the first; the sequence keeps its
  ///     order.
  ///   - isUnrolled: Whether each step is compiled as it is, rather than a loop.
  /// - Parameters of the layer: `kernel [features, units]`, `recurrent_kernel [units, units]`,
  ///   `bias [units]`; `initial_hidden [units]` if the start is learnt.
  /// - Source: Elman 1990, "Finding structure in time".
  public func simpleRNN(
    _ units: Int, returnsSequence: Bool = true, from start: RecurrentState? = nil,
    mask: Model? = nil, activation: Activation = .tanh, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform,
    recurrentInitializer: Initializer = .orthogonal, biasInitializer: Initializer = .zeros,
    startInitializer: Initializer? = nil, reversed isReversed: Bool = false,
    unrolled isUnrolled: Bool = false, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    recurrent(
      .simpleRNN(
        units, activation: activation, useBias: useBias, kernelInitializer: kernelInitializer,
        recurrentInitializer: recurrentInitializer, biasInitializer: biasInitializer),
      RecurrentForm(
        direction: isReversed ? .backward : .forward, returnsSequence: returnsSequence,
        startInitializer: startInitializer, isUnrolled: isUnrolled),
      from: [start], mask: mask, name: name, file, line)
  }
}
