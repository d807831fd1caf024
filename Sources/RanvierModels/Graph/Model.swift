package import RanvierTensors

/// A neural network as an immutable value: a graph of layers with one output.
///
/// Combinators return new models and never fail; ``build(mode:)`` reports everything that is wrong
/// at once. A model that is used twice is computed once. Branches are functions from model to
/// model, applied with `|>`.
public struct Model: Sendable {
  /// The nodes in the order in which they were made; inputs come before what uses them.
  package private(set) var nodes: [ModelNode]
  /// The value that the model gives.
  package let output: NodeOutput

  /// A new node on top of models.
  package init(
    _ layer: any Layer, _ inputs: [Model], name: String?, location: CodeLocation
  ) {
    let node = ModelNode(layer, inputs: inputs.map(\.output), name: name, location: location)
    nodes = Model.union(inputs.map(\.nodes))
    nodes.append(node)
    output = NodeOutput(node: node.id)
  }

  /// A model of nodes that exist already, in order.
  init(nodes: [ModelNode], output: NodeOutput) {
    self.nodes = nodes
    self.output = output
  }

  /// A layer on top of this model.
  package func adding(
    _ layer: any Layer, name: String?, _ file: StaticString, _ line: Int
  ) -> Model {
    Model(layer, [self], name: name, location: CodeLocation(file: "\(file)", line: line))
  }

  /// The model that gives another output of the same layer.
  ///
  /// A layer with several outputs is one node. Its combinator adds it once, and returns the model
  /// together with those of the further outputs.
  package func output(_ index: Int) -> Model {
    Model(nodes: nodes, output: NodeOutput(node: output.node, index: index))
  }

  /// The nodes of several lists, each once, in order.
  static func union(_ lists: [[ModelNode]]) -> [ModelNode] {
    guard var result = lists.first else { return [] }
    for list in lists.dropFirst() {
      // A node comes with all it depends on, so equal ends and lengths mean equal lists.
      if list.last?.id == result.last?.id, list.count == result.count { continue }
      var merged: [ModelNode] = []
      merged.reserveCapacity(result.count + list.count)
      var (first, second) = (result[...], list[...])
      while let a = first.first, let b = second.first {
        if a.id <= b.id { merged.append(first.removeFirst()) }
        if b.id <= a.id {
          let node = second.removeFirst()
          if a.id != b.id { merged.append(node) }
        }
      }
      result = merged + first + second
    }
    return result
  }

  /// The model with the layers that a function adds put under a name: `encoder/dense_0`.
  ///
  /// Scopes nest. Layers that were made elsewhere and are merely used by the function keep their
  /// names, and so do inputs.
  public func scope(_ name: String, _ body: (Model) -> Model) -> Model {
    inside(.name(name), body)
  }

  /// The model with a block of layers that a function adds, under the name that the user gave or, as
  /// a layer would be, under its operation and a number.
  func block(_ operation: String, name: String?, _ body: (Model) -> Model) -> Model {
    inside(
      name.map { .name($0) } ?? .numbered(operation: operation, id: ModelNode.nextID()), body)
  }

  private func inside(_ part: ScopePart, _ body: (Model) -> Model) -> Model {
    ModelNode.$currentScope.withValue(ModelNode.currentScope + [part]) { body(self) }
  }
}

/// Applies a function from model to model: `input |> block |> block`.
infix operator |> : PipePrecedence

/// Binds looser than everything but assignment, from the left.
precedencegroup PipePrecedence {
  associativity: left
  higherThan: AssignmentPrecedence
}

/// The function's value for the model.
public func |> (model: Model, function: (Model) throws -> Model) rethrows -> Model {
  try function(model)
}

extension Model: Equatable, Hashable {
  /// Whether both models are built from the same layers with the same options, names and sharing.
  ///
  /// Where layers were written does not matter.
  public static func == (first: Model, second: Model) -> Bool {
    let (a, b) = (first.canonicalNodes, second.canonicalNodes)
    return first.output.index == second.output.index && a.count == b.count
      && zip(a, b).allSatisfy {
        $0.inputs == $1.inputs && $0.name == $1.name && $0.scope == $1.scope
          && $0.origin == $1.origin && $0.layer.isEqual(to: $1.layer)
      }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(output.index)
    for node in canonicalNodes {
      hasher.combine(node.inputs)
      hasher.combine(node.name)
      hasher.combine(node.scope)
      hasher.combine(node.origin)
      node.layer.hash(into: &hasher)
    }
  }

  /// The nodes the output depends on, renumbered from 0 in order, and so are shared blocks and
  /// their applications.
  package var canonicalNodes: [ModelNode] {
    var needed: Set<ModelNode.ID> = [output.node]
    for node in nodes.reversed() where needed.contains(node.id) {
      needed.formUnion(node.inputs.map(\.node))
    }
    var numbers: [ModelNode.ID: Int] = [:]
    var origins: [ModelNode.ID: Int] = [:]
    var blocks: [Int: Int] = [:]
    var applications: [Int: Int] = [:]
    func number(_ id: Int, _ known: inout [Int: Int]) -> Int {
      let number = known[id] ?? known.count
      known[id] = number
      return number
    }
    var result: [ModelNode] = []
    for node in nodes where needed.contains(node.id) {
      numbers[node.id] = result.count
      var renumbered = node
      renumbered.id = result.count
      renumbered.inputs = node.inputs.map {
        NodeOutput(node: numbers[$0.node] ?? -1, index: $0.index)
      }
      renumbered.origin = origins[node.origin] ?? result.count
      origins[node.origin] = renumbered.origin
      for (index, part) in node.scope.enumerated() {
        switch part {
        case .name: break
        case .numbered(let operation, let id):
          renumbered.scope[index] = .numbered(operation: operation, id: number(id, &applications))
        case .application(var application):
          application.block = number(application.block, &blocks)
          application.id = number(application.id, &applications)
          renumbered.scope[index] = .application(application)
        }
      }
      result.append(renumbered)
    }
    return result
  }
}
