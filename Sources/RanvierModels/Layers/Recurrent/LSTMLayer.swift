public import RanvierFunctions
package import RanvierTensors

/// A long short-term memory.
package struct LSTMKind: RecurrentKind {
  package let weights: RecurrentWeights
  let activation: Activation
  let gateActivation: Activation

  package var operation: String { "lstm" }
  package var options: [LayerOption] { shown(activation, gate: gateActivation) }
  package var stateNames: [String] { ["hidden", "cell"] }

  package func parameters(
    of input: DynamicShape
  ) throws(LayerProblem) -> [ParameterDeclaration] {
    try check(activation, gateActivation)
    return try weights.declarations(gates: 4, features: try features(of: input))
  }

  package func run(_ call: RecurrentCall) -> (states: Tensor, last: [Tensor]) {
    let (states, last) = RanvierFunctions.lstm(
      call.x, from: call.memory, kernel: call.parameters["kernel"],
      recurrentKernel: call.parameters["recurrent_kernel"], bias: call.optional("bias"),
      mask: call.mask, activation: activation, gateActivation: gateActivation,
      reversed: call.isReversed, unrolled: call.isUnrolled)
    return (states, last.tensors)
  }
}

extension RecurrentCell {
  /// The step of a long short-term memory, as `lstmCell` computes it.
  public static func lstm(
    _ units: Int, activation: Activation = .tanh, gateActivation: Activation = .sigmoid,
    useBias: Bool = true, forgetBias: Double = 1,
    kernelInitializer: Initializer = .glorotUniform,
    recurrentInitializer: Initializer = .orthogonal
  ) -> RecurrentCell {
    RecurrentCell(
      kind: LSTMKind(
        weights: RecurrentWeights(
          units: units, useBias: useBias, kernelInitializer: kernelInitializer,
          recurrentInitializer: recurrentInitializer, biasInitializer: .forgetBias(forgetBias)),
        activation: activation, gateActivation: gateActivation))
  }
}

extension Model {
  /// A long short-term memory over sequences.
  ///
  /// Layers are stacked by writing one after the other: `x.lstm(64).lstm(64)`. The last state, with
  /// the cell, is given by ``recurrentWithState(_:from:mask:startInitializer:reversed:unrolled:name:file:line:)``.
  ///
  /// - Shapes: input `[batch, steps, features]`, output `[batch, steps, units]`, or `[batch, units]`
  ///   if only the last state is returned; hidden state and cell `[batch, units]`, mask
  ///   `[batch, steps]`.
  /// - Parameters:
  ///   - units: The size of the state.
  ///   - returnsSequence: Whether the states of all steps are returned, or only the last one.
  ///   - start: The state before the first step, zeros by default.
  ///   - mask: True where there is a step; over others the state is carried, so that padded
  ///     sequences end as unpadded ones.
  ///   - activation: What stands for tanh.
  ///   - gateActivation: What stands for sigmoid.
  ///   - forgetBias: What the forget gate's bias begins with; the other biases begin with 0.
  ///   - startInitializer: How a start that is learnt begins, the same for all sequences; nil for
  ///     zeros that are not learnt.
  ///   - isReversed: Whether the steps are taken from the last to the first; the sequence keeps its
  ///     order.
  ///   - isUnrolled: Whether each step is compiled as it is, rather than a loop.
  /// - Parameters of the layer: `kernel [features, 4 * units]`, `recurrent_kernel
  ///   [units, 4 * units]`, `bias [4 * units]`, each with the input gate first, then the forget
  ///   gate, the candidate and the output gate; `initial_hidden [units]` and `initial_cell [units]`
  ///   if the start is learnt.
  /// - Source: Hochreiter & Schmidhuber 1997; Gers, Schmidhuber & Cummins 2000 (forget gate).
  public func lstm(
    _ units: Int, returnsSequence: Bool = true, from start: RecurrentState? = nil,
    mask: Model? = nil, activation: Activation = .tanh, gateActivation: Activation = .sigmoid,
    useBias: Bool = true, forgetBias: Double = 1,
    kernelInitializer: Initializer = .glorotUniform,
    recurrentInitializer: Initializer = .orthogonal, startInitializer: Initializer? = nil,
    reversed isReversed: Bool = false, unrolled isUnrolled: Bool = false, name: String? = nil,
    file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    recurrent(
      .lstm(
        units, activation: activation, gateActivation: gateActivation, useBias: useBias,
        forgetBias: forgetBias, kernelInitializer: kernelInitializer,
        recurrentInitializer: recurrentInitializer),
      RecurrentForm(
        direction: isReversed ? .backward : .forward, returnsSequence: returnsSequence,
        startInitializer: startInitializer, isUnrolled: isUnrolled),
      from: [start], mask: mask, name: name, file, line)
  }
}
