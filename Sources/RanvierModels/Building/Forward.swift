package import RanvierTensors

extension ResolvedModel {
  /// What a model computes: its output, and its layer state after the call.
  package struct Outcome: Sendable {
    package var output: Tensor
    package var state: Parameters
  }

  /// Evaluates the model, layer by layer.
  ///
  /// - Parameter key: The source of dropout and other noise; needed for training only.
  /// - Throws: ``ModelError`` for inputs, parameters or state that do not fit, and for a layer that
  ///   fails.
  package func forward(
    parameters: Parameters, state: Parameters, inputs: Parameters, isTraining: Bool, key: RandomKey?
  ) throws -> Outcome {
    try evaluate(parameters, state, inputs, isTraining, key).outcome
  }

  /// The outputs of every layer, with their paths; in prediction unless asked otherwise.
  package func outputs(
    parameters: Parameters, state: Parameters, inputs: Parameters, isTraining: Bool = false,
    key: RandomKey? = nil
  ) throws -> [(path: String, output: Tensor)] {
    try evaluate(parameters, state, inputs, isTraining, key).values.enumerated().flatMap {
      node, outputs in
      outputs.enumerated().map { index, output in
        (path: path(of: NodeOutput(node: node, index: index)), output: output)
      }
    }
  }

  private func evaluate(
    _ parameters: Parameters, _ state: Parameters, _ inputs: Parameters, _ isTraining: Bool,
    _ key: RandomKey?
  ) throws -> (outcome: Outcome, values: [[Tensor]]) {
    let inputs = try matched(inputs)
    try check(ModelState(parameters: parameters, layerState: state))
    var values: [[Tensor]] = []
    // Layers read it, too: each application of a shared layer goes on from where the one before it
    // left.
    var newState = state
    for node in nodes {
      if node.layer is InputLayer {
        values.append([inputs[node.path]])
        continue
      }
      func local(_ declarations: [ParameterDeclaration], _ source: Parameters) -> Parameters {
        var own = Parameters()
        for declaration in declarations {
          own[declaration.name] = source["\(node.parameterPath)/\(declaration.name)"]
        }
        return own
      }
      let call = LayerCall(
        inputs: precision.inputs(
          node.inputs.map { values[$0.node][$0.index] }, of: node.layer),
        parameters: precision.parameters(
          local(node.signature.parameters, parameters), of: node.layer),
        state: local(node.signature.state, newState), isTraining: isTraining,
        key: isTraining ? key?.derived(node.path) : nil)
      let result =
        Trace.current.map { $0.withScope(node.path) { node.layer.apply(call) } }
        ?? node.layer.apply(call)
      let place = "\(node.path) (\(node.layer.operation), \(node.location))"
      if let error = result.outputs.lazy.compactMap(\.error).first {
        let rule = node.layer is CustomLayer ? error.ruleWithPlace : error.rule
        throw ModelError(path: place, rule: rule, got: error.got, hint: error.hint)
      }
      for (declared, output) in zip(node.signature.outputs, result.outputs)
      where !declared.shape.matches(output.shape) {
        throw ModelError(
          path: place, rule: "an output of shape \(declared.shape), as when built",
          got: "\(output.shape)")
      }
      values.append(result.outputs.map { precision.output($0, of: node.layer) })
      for (name, tensor) in result.state ?? Parameters() {
        newState["\(node.parameterPath)/\(name)"] = tensor
      }
    }
    let output = precision.result(
      values[self.output.node][self.output.index], declaration(of: self.output))
    return (Outcome(output: output, state: newState), values)
  }

  /// The inputs under the model's names, checked; a single input may have any name.
  private func matched(_ given: Parameters) throws(ModelError) -> Parameters {
    let declared = inputs
    var result = Parameters()
    let names = declared.map { "`\($0.name)`" }.joined(separator: ", ")
    if declared.count == 1, given.count == 1 {
      result[declared[0].name] = given[given.paths[0]]
    } else {
      for (name, _) in declared where !given.contains(name) {
        throw ModelError(
          path: name, rule: "a value for every input (\(names))",
          got: given.isEmpty ? "none" : given.paths.map { "`\($0)`" }.joined(separator: ", "))
      }
      for name in given.paths where !declared.contains(where: { $0.name == name }) {
        throw ModelError(path: name, rule: "an input of the model (\(names))", got: "`\(name)`")
      }
      result = given
    }
    for (name, input) in declared {
      let value = result[name]
      try value.check(name)
      guard input.shape.matches(value.shape) else {
        throw ModelError(
          path: name, rule: "shape \(input.shape)", got: "\(value.shape)",
          hint: value.rank + 1 == input.shape.rank ? "was the batch axis forgotten?" : "")
      }
      guard input.elementType == value.elementType else {
        throw ModelError(
          path: name, rule: "elements of type \(input.elementType)", got: "\(value.elementType)",
          hint: "convert with cast(to: .\(input.elementType.caseName))")
      }
    }
    return result
  }

  /// Throws ``ModelError`` for a state that does not fit the model.
  package func check(_ state: ModelState) throws(ModelError) {
    try check(state.parameters, parameters, "parameter")
    try check(state.layerState, self.state, "layer state")
  }

  private func check(
    _ given: Parameters, _ declared: [(path: String, declaration: ParameterDeclaration)],
    _ kind: String
  ) throws(ModelError) {
    for (path, declaration) in declared {
      guard given.contains(path) else {
        throw ModelError(
          path: path, rule: "this \(kind) in the model state", got: "a state without it",
          hint: "make the state with this model's initialize")
      }
      let value = given[path]
      try value.check(path)
      guard value.type == declaration.type else {
        throw ModelError(
          path: path, rule: "a \(kind) of type \(declaration.type)", got: "\(value.type)",
          hint: "was the state made by another model?")
      }
    }
  }
}

extension Parameters {
  /// Throws for the first tensor that a wrong operation made.
  func checkValid() throws(ModelError) {
    for (path, tensor) in self { try tensor.check(path) }
  }
}

extension Tensor {
  /// Throws if a wrong operation made the tensor.
  fileprivate func check(_ path: String) throws(ModelError) {
    if let error {
      throw ModelError(
        path: path, rule: "a valid tensor", got: "the result of a wrong operation: \(error)")
    }
  }
}

extension ElementType {
  /// The case's name, for hints.
  fileprivate var caseName: String {
    let kinds = [("bf", "bfloat"), ("f", "float"), ("i", "int"), ("u", "uint")]
    for (short, long) in kinds where self != .bool && abbreviation.hasPrefix(short) {
      return long + abbreviation.dropFirst(short.count)
    }
    return abbreviation
  }
}
