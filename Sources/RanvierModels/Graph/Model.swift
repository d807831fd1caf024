package import RanvierTensors
internal import Synchronization

/// A neural network as an immutable value: a graph of layers with one output.
///
/// Combinators return new models and never fail; ``build(mode:)`` reports everything that is wrong at once. A model that is used twice is computed once. Branches
/// are functions from model to model, applied with `|>`.
public struct Model: Sendable {
  /// The nodes in the order in which they were made; inputs come before what uses them.
  package private(set) var nodes: [ModelNode]
  /// The id of the node whose value the model gives.
  package let output: ModelNode.ID

  /// A new node on top of models.
  package init(
    _ layer: any Layer, _ inputs: [Model], name: String?, location: CodeLocation
  ) {
    let node = ModelNode(
      id: ModelNode.nextID(), layer: layer, inputs: inputs.map(\.output), name: name,
      location: location)
    nodes = Model.union(inputs)
    nodes.append(node)
    output = node.id
  }

  private init(nodes: [ModelNode], output: ModelNode.ID) {
    self.nodes = nodes
    self.output = output
  }

  /// A layer on top of this model.
  package func adding(
    _ layer: any Layer, name: String?, _ file: StaticString, _ line: Int
  ) -> Model {
    Model(layer, [self], name: name, location: CodeLocation(file: "\(file)", line: line))
  }

  /// The nodes of several models, each once, in order.
  private static func union(_ models: [Model]) -> [ModelNode] {
    guard var result = models.first?.nodes else { return [] }
    for model in models.dropFirst() where model.nodes.last?.id != result.last?.id || model.nodes.count != result.count {
      var merged: [ModelNode] = []
      merged.reserveCapacity(result.count + model.nodes.count)
      var (first, second) = (result[...], model.nodes[...])
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
  public func scope(_ name: String, _ body: (Model) -> Model) -> Model {
    let known = Set(nodes.map(\.id))
    let inner = body(self)
    let nodes = inner.nodes.map { node in
      var node = node
      if !known.contains(node.id), !(node.layer is InputLayer) { node.scope.insert(name, at: 0) }
      return node
    }
    return Model(nodes: nodes, output: inner.output)
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

/// A node of a model.
package struct ModelNode: Sendable {
  package typealias ID = Int

  package var id: ID
  package var layer: any Layer
  package var inputs: [ID]
  /// The name the user gave, or nothing.
  package var name: String?
  /// The scopes the node lies in, outermost first.
  package var scope: [String] = []
  /// Where the layer was written.
  package var location: CodeLocation

  private static let counter = Atomic<Int>(0)

  /// Ids increase, so that sorting nodes by id puts inputs first.
  static func nextID() -> ID { counter.add(1, ordering: .relaxed).newValue }
}

extension Model: Equatable, Hashable {
  /// Whether both models are built from the same layers with the same options and names.
  ///
  /// Where layers were written does not matter.
  public static func == (first: Model, second: Model) -> Bool {
    let (a, b) = (first.canonicalNodes, second.canonicalNodes)
    return a.count == b.count
      && zip(a, b).allSatisfy {
        $0.inputs == $1.inputs && $0.name == $1.name && $0.scope == $1.scope && $0.layer.isEqual(to: $1.layer)
      }
  }

  public func hash(into hasher: inout Hasher) {
    for node in canonicalNodes {
      hasher.combine(node.inputs)
      hasher.combine(node.name)
      node.layer.hash(into: &hasher)
    }
  }

  /// The nodes the output depends on, renumbered from 0 in order.
  package var canonicalNodes: [ModelNode] {
    var needed: Set<ModelNode.ID> = [output]
    for node in nodes.reversed() where needed.contains(node.id) { needed.formUnion(node.inputs) }
    var numbers: [ModelNode.ID: Int] = [:]
    var result: [ModelNode] = []
    for node in nodes where needed.contains(node.id) {
      numbers[node.id] = result.count
      var renumbered = node
      renumbered.id = result.count
      renumbered.inputs = node.inputs.map { numbers[$0] ?? -1 }
      result.append(renumbered)
    }
    return result
  }
}
