package import RanvierTensors

/// A model whose layers have paths, shapes and parameters: what building, summaries and saving work
/// from.
package struct ResolvedModel: Sendable {
  package struct Node: Sendable {
    package var layer: any Layer
    /// The inputs; nodes are numbered by position.
    package var inputs: [NodeOutput]
    package var path: String
    /// The path under which the parameters and state are; another layer's for a further application
    /// of a shared one.
    package var parameterPath: String
    package var location: CodeLocation
    package var signature: LayerSignature

    /// Whether the parameters belong to another layer.
    package var isShared: Bool { parameterPath != path }
  }

  package var nodes: [Node] = []
  /// The value that the model gives.
  package let output: NodeOutput
  /// The types of numbers in which the layers compute.
  package let precision: Precision

  /// Resolves names and shapes.
  ///
  /// - Throws: ``BuildError`` with all mistakes. A layer whose inputs are wrong already is not
  ///   blamed as well.
  package init(_ model: Model, precision: Precision = .full) throws(BuildError) {
    self.precision = precision
    let source = model.canonicalNodes
    output = NodeOutput(node: source.count - 1, index: model.output.index)
    let names = PathNames(source)
    var problems = names.problems
    var signatures: [LayerSignature?] = []
    var reported: [Int: LayerProblem] = [:]
    for (position, node) in source.enumerated() {
      let inputs = node.inputs.compactMap { signatures[$0.node]?.outputs[$0.index] }
      guard inputs.count == node.inputs.count else {
        signatures.append(nil)
        continue
      }
      let path = names.paths[position]
      do {
        let signature = try node.layer.signature(inputs)
        try signature.check()
        if node.origin != position, let shared = signatures[node.origin] {
          try shared.checkSharing(
            with: signature, of: inputs, names.paths[node.origin],
            source[node.origin].applications)
        }
        signatures.append(signature)
        nodes.append(
          Node(
            layer: node.layer, inputs: node.inputs, path: path,
            parameterPath: names.paths[node.origin], location: node.location, signature: signature))
      } catch {
        signatures.append(nil)
        // A mistake within a shared block is reported for the first application only.
        if reported[node.origin] == error { continue }
        reported[node.origin] = error
        problems.append(
          (position, node.problem(path, rule: error.rule, got: error.got, hint: error.hint)))
      }
    }
    guard problems.isEmpty else {
      let sorted = problems.enumerated().sorted {
        ($0.element.position, $0.offset) < ($1.element.position, $1.offset)
      }
      throw BuildError(problems: sorted.map(\.element.problem))
    }
  }

  /// The inputs in order, with their names.
  package var inputs: [(name: String, declared: LayerInput)] {
    nodes.compactMap { node in
      node.layer is InputLayer ? (node.path, node.signature.output) : nil
    }
  }

  /// What a value is when the model is built.
  package func declaration(of value: NodeOutput) -> LayerInput {
    nodes[value.node].signature.outputs[value.index]
  }

  /// The layer's path, for further outputs with their position: `lstm_0`, `lstm_0[1]`.
  package func path(of value: NodeOutput) -> String {
    nodes[value.node].path + (value.index == 0 ? "" : "[\(value.index)]")
  }

  /// Paths and declarations of all parameters, each once, in order.
  package var parameters: [(path: String, declaration: ParameterDeclaration)] {
    owners.flatMap { node in node.signature.parameters.map { ("\(node.path)/\($0.name)", $0) } }
  }

  /// Paths and declarations of all layer state, each once, in order.
  package var state: [(path: String, declaration: ParameterDeclaration)] {
    owners.flatMap { node in node.signature.state.map { ("\(node.path)/\($0.name)", $0) } }
  }

  private var owners: [Node] { nodes.filter { !$0.isShared } }
}

extension LayerSignature {
  /// Checks what every layer must keep to: possible shapes, and distinct names.
  fileprivate func check() throws(LayerProblem) {
    for output in outputs {
      if let defect = output.shape.filled(with: 1).defect {
        throw LayerProblem(
          "an output of a shape that is possible", got: "\(output) with \(defect)")
      }
    }
    var names: Set<String> = []
    for declaration in parameters + state {
      let name = declaration.name
      if let defect = declaration.shape.defect {
        throw LayerProblem(
          "a \(name) of a shape that is possible", got: "\(declaration.type) with \(defect)")
      }
      if name.isEmpty || name.contains(where: { $0 == "/" || $0.isNewline }) {
        throw LayerProblem(
          "parameter names that are not empty and have no `/` or line break", got: "\"\(name)\"")
      }
      guard names.insert(name).inserted else {
        throw LayerProblem("parameters of different names", got: "`\(name)` twice")
      }
    }
  }

  /// Checks that another application of the same layer has equal parameters and state.
  fileprivate func checkSharing(
    with other: LayerSignature, of inputs: [LayerInput], _ path: String,
    _ applications: [CodeLocation]
  ) throws(LayerProblem) {
    let (own, others) = (parameters + state, other.parameters + other.state)
    guard own.map(\.name) == others.map(\.name) else {
      throw LayerProblem(
        "the same parameters in each application of a shared block",
        got: "\(others.map(\.name)), and \(own.map(\.name)) in \(path)")
    }
    for (shared, wanted) in zip(own, others) where shared.type != wanted.type {
      let place = applications.map { " at \($0)" }.joined(separator: ",")
      throw LayerProblem(
        "inputs that fit the \(shared.name) \(shared.type) it shares with \(path), applied\(place)",
        got: "\(inputs.map(\.description).joined(separator: " and ")), which takes \(wanted.type)",
        hint: "apply the block to equal sizes only, or make a second block")
    }
  }
}
