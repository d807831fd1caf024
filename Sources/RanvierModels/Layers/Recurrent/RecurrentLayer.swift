public import RanvierFunctions
internal import RanvierTensors

/// A recurrent network over sequences, in one direction or both.
///
/// Its inputs are the sequences, the states to start from, network by network, and a mask.
package struct RecurrentLayer<Kind: RecurrentKind>: Layer {
  package let kind: Kind
  let form: RecurrentForm

  package var operation: String { kind.operation }
  package var mixedPrecision: LayerPrecision { .narrow }
  package var options: [LayerOption] {
    [LayerOption("units", kind.weights.units)]
      + (form.returnsSequence ? [] : [LayerOption("returns", "last state")])
      + form.direction.options + kind.options
      + (kind.weights.useBias ? [] : [LayerOption("use bias", false)])
      + (form.startInitializer.map { [LayerOption("start", "learnt, \($0.name)")] } ?? [])
      + (form.isUnrolled ? [LayerOption("unrolled", true)] : [])
  }

  package func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    let input = inputs[0]
    try input.checkFloatingPoint()
    let state = try kind.stateShape(of: input.shape)
    var declared = try kind.parameters(of: input.shape)
    if let initializer = form.startInitializer {
      declared += kind.stateNames.map {
        ParameterDeclaration(
          "initial_\($0)", shape: [kind.weights.units], initializer: initializer)
      }
    }
    try checkStarts(inputs.dropFirst().prefix(form.startCounts.reduce(0, +)), state)
    if form.hasMask { try checkMask(inputs[inputs.count - 1], input.shape) }
    let result =
      form.returnsSequence
      ? DynamicShape([input.shape[0], input.shape[1]] + state.sizes.dropFirst()) : state
    let type = ElementType.promoted(input.elementType, .float32)
    let count = form.givesState ? form.direction.networks.count * kind.stateNames.count : 0
    return LayerSignature(
      form.direction.merged(result), elementType: type,
      furtherOutputs: [LayerInput](repeating: LayerInput(state, type), count: count),
      parameters: form.direction.prefixes.flatMap { prefix in
        declared.map { declaration in
          var renamed = declaration
          renamed.name = prefix + declaration.name
          return renamed
        }
      })
  }

  private func checkStarts(
    _ starts: ArraySlice<LayerInput>, _ shape: DynamicShape
  ) throws(LayerProblem) {
    for count in form.startCounts where count > kind.stateNames.count {
      throw LayerProblem(
        "a state to start from without a cell", got: "hidden and cell",
        hint: "write RecurrentState(hidden: state.hidden)")
    }
    for start in starts {
      guard start.shape.fits(shape), start.elementType.isFloatingPoint else {
        throw LayerProblem("a state \(shape) of floating-point numbers", got: "\(start)")
      }
    }
  }

  private func checkMask(_ mask: LayerInput, _ input: DynamicShape) throws(LayerProblem) {
    guard mask.shape.fits([input[0], input[1]]), mask.elementType == .bool else {
      throw LayerProblem(
        "a mask [batch, steps] of truth values", got: "\(mask) for \(input)",
        hint: mask.elementType == .bool ? "" : "declare the input with elementType: .bool")
    }
  }

  package func apply(_ call: LayerCall) -> LayerResult {
    var given = call.inputs.dropFirst()
    let results = zip(form.direction.networks, form.startCounts).map { network, count in
      let parameters = call.parameters.droppingPrefix(network.prefix)
      defer { given = given.dropFirst(count) }
      return kind.run(
        RecurrentCall(
          x: call.input, start: start(Array(given.prefix(count)), parameters, call.input),
          mask: form.hasMask ? call.inputs.last : nil, isReversed: network.isReversed,
          isUnrolled: form.isUnrolled, parameters: parameters))
    }
    return LayerResult(
      form.direction.merged(results.map { form.returnsSequence ? $0.states : $0.last[0] }),
      furtherOutputs: form.givesState ? results.flatMap(\.last) : [])
  }

  /// The state to start from: what is given, what is learnt, and zeros; nil for nothing but zeros.
  private func start(_ given: [Tensor], _ parameters: Parameters, _ x: Tensor) -> [Tensor]? {
    if given.isEmpty, form.startInitializer == nil { return nil }
    // The signature has been made of this shape.
    guard let shape = try? kind.stateShape(of: DynamicShape(x.shape)).filled(with: 0) else {
      return given
    }
    return kind.stateNames.enumerated().map { index, name in
      if index < given.count { return given[index] }
      guard form.startInitializer != nil else {
        return Tensor.zeros(shape, elementType: given[0].elementType)
      }
      return parameters["initial_\(name)"].broadcast(to: shape)
    }
  }
}

/// How a recurrent layer goes over its inputs, and what it gives.
struct RecurrentForm: Sendable, Hashable {
  var direction = RecurrentDirection.forward
  var returnsSequence = true
  /// Whether the last states are further outputs.
  var givesState = false
  /// How the first values of a start that is learnt are drawn; nil if none is.
  var startInitializer: Initializer?
  var isUnrolled = false
  /// How many tensors of each network's start are inputs.
  var startCounts: [Int] = []
  var hasMask = false
}

extension Model {
  /// A recurrent layer on top of this model.
  func recurrent(
    _ cell: RecurrentCell, _ form: RecurrentForm, from starts: [RecurrentState?], mask: Model?,
    name: String?, _ file: StaticString, _ line: Int
  ) -> Model {
    var form = form
    form.startCounts = starts.map { $0?.models.count ?? 0 }
    form.hasMask = mask != nil
    func layer<Kind: RecurrentKind>(_ kind: Kind) -> any Layer {
      RecurrentLayer(kind: kind, form: form)
    }
    return Model(
      layer(cell.kind), [self] + starts.flatMap { $0?.models ?? [] } + [mask].compactMap { $0 },
      name: name, location: CodeLocation(file: "\(file)", line: line))
  }

  /// A recurrent layer that gives its last state beside the sequence, as models of their own.
  ///
  ///     let (_, state) = source.recurrentWithState(.lstm(64))
  ///     let output = target.lstm(64, from: state).dense(1)
  ///
  /// The layer is computed once, whatever is used of it.
  ///
  /// - Shapes: as those of the cell's layer, such as
  ///   ``lstm(_:returnsSequence:from:mask:activation:gateActivation:useBias:forgetBias:kernelInitializer:recurrentInitializer:startInitializer:reversed:unrolled:name:file:line:)``;
  ///   the state has the shape of the last output.
  /// - Parameters:
  ///   - cell: What happens at each step: `.lstm(64)`, `.gru(64)`, ...
  ///   - start: The state before the first step, zeros by default.
  ///   - mask: True where there is a step, `[batch, steps]`; over others the state is carried.
  ///   - startInitializer: How a start that is learnt begins, the same for all sequences; nil for
  ///     zeros that are not learnt.
  ///   - isReversed: Whether the steps are taken from the last to the first.
  ///   - isUnrolled: Whether each step is compiled as it is, rather than a loop.
  /// - Parameters of the layer: those of the cell; `initial_hidden [units]` and, of LSTMs,
  ///   `initial_cell [units]` if the start is learnt.
  public func recurrentWithState(
    _ cell: RecurrentCell, from start: RecurrentState? = nil, mask: Model? = nil,
    startInitializer: Initializer? = nil, reversed isReversed: Bool = false,
    unrolled isUnrolled: Bool = false, name: String? = nil, file: StaticString = #fileID,
    line: Int = #line
  ) -> (sequence: Model, state: RecurrentState) {
    let layer = recurrent(
      cell,
      RecurrentForm(
        direction: isReversed ? .backward : .forward, givesState: true,
        startInitializer: startInitializer, isUnrolled: isUnrolled),
      from: [start], mask: mask, name: name, file, line)
    return (
      layer, RecurrentState(outputsOf: layer, from: 1, count: cell.kind.stateNames.count)
    )
  }
}

extension DynamicShape {
  /// Whether some shape has the sizes of both.
  func fits(_ other: DynamicShape) -> Bool {
    rank == other.rank
      && zip(sizes, other.sizes).allSatisfy { $0 == nil || $1 == nil || $0 == $1 }
  }
}

extension Parameters {
  /// The parameters whose names begin with a prefix, under what follows it.
  fileprivate func droppingPrefix(_ prefix: String) -> Parameters {
    if prefix.isEmpty { return self }
    var result = Parameters()
    for (name, tensor) in self where name.hasPrefix(prefix) {
      result[String(name.dropFirst(prefix.count))] = tensor
    }
    return result
  }
}
