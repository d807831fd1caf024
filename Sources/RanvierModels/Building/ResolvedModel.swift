package import RanvierTensors

/// A model whose layers have paths, shapes and parameters: what building, summaries and saving work from.
package struct ResolvedModel: Sendable {
  package struct Node: Sendable {
    package var layer: any Layer
    /// Positions of the inputs among the nodes.
    package var inputs: [Int]
    package var path: String
    package var location: CodeLocation
    package var signature: LayerSignature
  }

  package var nodes: [Node] = []

  /// Resolves names and shapes.
  ///
  /// - Throws: ``BuildError`` with all mistakes. A layer whose inputs are wrong already is not blamed as well.
  package init(_ model: Model) throws(BuildError) {
    let source = model.canonicalNodes
    var problems: [BuildError.Problem] = []
    let paths = ResolvedModel.paths(source, &problems)
    var signatures: [LayerSignature?] = []
    for (node, path) in zip(source, paths) {
      let inputs = node.inputs.compactMap { signatures[$0]?.output }
      guard inputs.count == node.inputs.count else {
        signatures.append(nil)
        continue
      }
      do {
        let signature = try node.layer.signature(inputs)
        signatures.append(signature)
        nodes.append(
          Node(
            layer: node.layer, inputs: node.inputs, path: path, location: node.location,
            signature: signature))
      } catch {
        signatures.append(nil)
        problems.append(node.problem(path, rule: error.rule, got: error.got, hint: error.hint))
      }
    }
    guard problems.isEmpty else {
      throw BuildError(problems: problems.sorted { ($0.location.file, $0.location.line) < ($1.location.file, $1.location.line) })
    }
  }

  /// The layers' paths: given names, and numbered operations where there is none.
  private static func paths(
    _ nodes: [ModelNode], _ problems: inout [BuildError.Problem]
  ) -> [String] {
    var taken: [String: ModelNode] = [:]
    for node in nodes {
      guard let name = node.name else { continue }
      let path = node.path(name)
      if name.isEmpty || name.contains("/") {
        problems.append(
          node.problem(
            path, rule: "a name that is not empty and has no `/`", got: "\"\(name)\"",
            hint: "use scope(_:_:) for nested names"))
      }
      if let earlier = taken[path] {
        problems.append(
          node.problem(
            path, rule: "a name of its own",
            got: "the name of the \(earlier.layer.operation) layer at \(earlier.location)",
            hint: "rename one of them"))
      }
      taken[path] = node
    }
    var counters: [String: Int] = [:]
    var paths: [String] = []
    for node in nodes {
      if let name = node.name {
        paths.append(node.path(name))
        continue
      }
      let operation = node.path(node.layer.operation)
      var number = counters[operation, default: 0]
      while taken["\(operation)_\(number)"] != nil { number += 1 }
      counters[operation] = number + 1
      paths.append("\(operation)_\(number)")
    }
    return paths
  }

  /// The inputs in order, with their names.
  package var inputs: [(name: String, declared: LayerInput)] {
    nodes.compactMap { node in
      node.layer is InputLayer ? (node.path, node.signature.output) : nil
    }
  }

  /// Paths and declarations of all parameters, in order.
  package var parameters: [(path: String, declaration: ParameterDeclaration)] {
    nodes.flatMap { node in node.signature.parameters.map { ("\(node.path)/\($0.name)", $0) } }
  }

  /// Paths and declarations of all layer state, in order.
  package var state: [(path: String, declaration: ParameterDeclaration)] {
    nodes.flatMap { node in node.signature.state.map { ("\(node.path)/\($0.name)", $0) } }
  }
}

extension ModelNode {
  /// A name within the node's scopes.
  fileprivate func path(_ name: String) -> String { (scope + [name]).joined(separator: "/") }

  fileprivate func problem(
    _ path: String, rule: String, got: String, hint: String
  ) -> BuildError.Problem {
    BuildError.Problem(
      path: path, operation: layer.operation, location: location, rule: rule, got: got, hint: hint)
  }
}
