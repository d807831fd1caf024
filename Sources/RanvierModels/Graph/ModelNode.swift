package import RanvierTensors
internal import Synchronization

/// A node of a model.
package struct ModelNode: Sendable {
  package typealias ID = Int

  package var id: ID
  package var layer: any Layer
  package var inputs: [NodeOutput]
  /// The name the user gave, or nothing.
  package var name: String?
  /// The scopes the node lies in, outermost first.
  package var scope: [ScopePart]
  /// The node's own id, or what all applications of a layer of a shared block have in common.
  package var origin: ID
  /// Where the layer was written.
  package var location: CodeLocation

  /// A new node in the current scope; inputs are in none.
  init(_ layer: any Layer, inputs: [NodeOutput], name: String?, location: CodeLocation) {
    id = ModelNode.nextID()
    origin = id
    let isPlace = layer is InputLayer || layer is PlaceholderLayer
    self.layer =
      isPlace ? layer : ModelNode.kernelNorm.map { KernelNormLayer(kind: $0, base: layer) } ?? layer
    self.inputs = inputs
    self.name = name
    self.location = location
    scope = layer is InputLayer ? [] : ModelNode.currentScope
  }

  /// The scopes in which nodes are being made.
  @TaskLocal static var currentScope: [ScopePart] = []

  /// How kernels of the layers that are being made are normalized.
  @TaskLocal static var kernelNorm: KernelNormLayer.Kind?

  private static let counter = Atomic<Int>(0)

  /// Ids increase, so that sorting nodes by id puts inputs first.
  static func nextID() -> ID { counter.add(1, ordering: .relaxed).newValue }
}

/// One of the values that a node gives; most nodes give one.
package struct NodeOutput: Sendable, Hashable {
  package var node: ModelNode.ID
  /// The position among the node's outputs.
  package var index = 0
}

/// A part of a node's path before its name.
package enum ScopePart: Sendable, Hashable {
  /// A scope that the user named.
  case name(String)
  /// A block of layers without a name of its own, which gets its operation's name and a number.
  case numbered(operation: String, id: Int)
  /// An application of a shared block.
  case application(BlockApplication)
}
