public import RanvierFunctions
package import RanvierTensors

/// A gated recurrent unit.
package struct GRUKind: RecurrentKind {
  package let weights: RecurrentWeights
  let activation: Activation
  let gateActivation: Activation
  let resetsState: Bool

  package var operation: String { "gru" }
  package var options: [LayerOption] {
    shown(activation, gate: gateActivation)
      + (resetsState ? [LayerOption("resets state", true)] : [])
  }
  package var stateNames: [String] { ["hidden"] }

  package func parameters(
    of input: DynamicShape
  ) throws(LayerProblem) -> [ParameterDeclaration] {
    try check(activation, gateActivation)
    let common = try weights.declarations(gates: 3, features: try features(of: input))
    // Where the gate multiplies the state, a second bias would only be added to the first.
    guard weights.useBias, !resetsState else { return common }
    let bias = ParameterDeclaration(
      "recurrent_bias", shape: [weights.units], initializer: weights.biasInitializer)
    return common + [bias]
  }

  package func run(_ call: RecurrentCall) -> (states: Tensor, last: [Tensor]) {
    let (states, last) = RanvierFunctions.gru(
      call.x, from: call.start?[0], kernel: call.parameters["kernel"],
      recurrentKernel: call.parameters["recurrent_kernel"], bias: call.optional("bias"),
      recurrentBias: call.optional("recurrent_bias"), mask: call.mask, activation: activation,
      gateActivation: gateActivation, resetsState: resetsState, reversed: call.isReversed,
      unrolled: call.isUnrolled)
    return (states, [last])
  }
}

extension RecurrentCell {
  /// The step of a gated recurrent unit, as `gruCell` computes it.
  public static func gru(
    _ units: Int, activation: Activation = .tanh, gateActivation: Activation = .sigmoid,
    resetsState: Bool = false, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform,
    recurrentInitializer: Initializer = .orthogonal, biasInitializer: Initializer = .zeros
  ) -> RecurrentCell {
    RecurrentCell(
      kind: GRUKind(
        weights: RecurrentWeights(
          units: units, useBias: useBias, kernelInitializer: kernelInitializer,
          recurrentInitializer: recurrentInitializer, biasInitializer: biasInitializer),
        activation: activation, gateActivation: gateActivation, resetsState: resetsState))
  }
}

extension Model {
  /// A gated recurrent unit over sequences.
  ///
  /// Layers are stacked by writing one after the other: `x.gru(64).gru(64)`.
  ///
  /// - Shapes: input `[batch, steps, features]`, output `[batch, steps, units]`, or `[batch, units]`
  ///   if only the last state is returned; states `[batch, units]`, mask `[batch, steps]`.
  /// - Parameters:
  ///   - units: The size of the state.
  ///   - returnsSequence: Whether the states of all steps are returned, or only the last one.
  ///   - start: The state before the first step, zeros by default.
  ///   - mask: True where there is a step; over others the state is carried, so that padded
  ///     sequences end as unpadded ones.
  ///   - activation: What stands for tanh.
  ///   - gateActivation: What stands for sigmoid.
  ///   - resetsState: Whether the reset gate multiplies the state before the candidate's product, as
  ///     in the paper, rather than the product, which is faster.
  ///   - startInitializer: How a start that is learnt begins, the same for all sequences; nil for
  ///     zeros that are not learnt.
  ///   - isReversed: Whether the steps are taken from the last to the first; the sequence keeps its
  ///     order.
  ///   - isUnrolled: Whether each step is compiled as it is, rather than a loop.
  /// - Parameters of the layer: `kernel [features, 3 * units]`, `recurrent_kernel
  ///   [units, 3 * units]`, `bias [3 * units]`, each with the reset gate first, then the update gate
  ///   and the candidate; `recurrent_bias [units]` for the candidate, unless the state is reset;
  ///   `initial_hidden [units]` if the start is learnt.
  /// - Source: Cho et al. 2014, arXiv:1406.1078.
  public func gru(
    _ units: Int, returnsSequence: Bool = true, from start: RecurrentState? = nil,
    mask: Model? = nil, activation: Activation = .tanh, gateActivation: Activation = .sigmoid,
    resetsState: Bool = false, useBias: Bool = true,
    kernelInitializer: Initializer = .glorotUniform,
    recurrentInitializer: Initializer = .orthogonal, biasInitializer: Initializer = .zeros,
    startInitializer: Initializer? = nil, reversed isReversed: Bool = false,
    unrolled isUnrolled: Bool = false, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> Model {
    recurrent(
      .gru(
        units, activation: activation, gateActivation: gateActivation, resetsState: resetsState,
        useBias: useBias, kernelInitializer: kernelInitializer,
        recurrentInitializer: recurrentInitializer, biasInitializer: biasInitializer),
      RecurrentForm(
        direction: isReversed ? .backward : .forward, returnsSequence: returnsSequence,
        startInitializer: startInitializer, isUnrolled: isUnrolled),
      from: [start], mask: mask, name: name, file, line)
  }
}
