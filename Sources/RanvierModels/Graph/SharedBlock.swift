package import RanvierTensors

/// Layers that are applied several times with one set of parameters.
///
///     let tower = SharedBlock("tower") { $0.dense(64, activation: .relu).dense(16) }
///     let left = tower(Model.input("left", shape: [nil, 784]))
///     let right = tower(Model.input("right", shape: [nil, 784]))
///     let distance = Model.subtract(left, right)
///
/// The parameters are in the map once, in the scope of the first application:
/// `tower/dense_0/kernel`. Layers of further applications have paths such as `tower#2/dense_0`.
/// Gradients add up over the applications.
///
/// The layers behave as they would outside: dropout is on in training only, and draws other
/// elements in each application. Layer state is shared, too: a batch norm's running statistics take
/// in one application after another, in the order in which they were written.
public struct SharedBlock: Sendable {
  private let id: Int
  private let name: String?
  /// What the body makes of a placeholder, which applications replace.
  private let template: Model
  private let placeholder: ModelNode.ID

  /// Creates a block from a function, which is called once.
  ///
  /// Models from outside that the function uses are the same in all applications.
  public init(
    _ name: String? = nil, file: StaticString = #fileID, line: Int = #line,
    _ body: (Model) -> Model
  ) {
    self.name = name
    let input = Model(
      PlaceholderLayer(), [], name: nil, location: CodeLocation(file: "\(file)", line: line))
    placeholder = input.output.node
    id = placeholder
    template = ModelNode.$currentScope.withValue([]) { body(input) }
  }

  /// Applies the layers to a model.
  public func callAsFunction(
    _ model: Model, file: StaticString = #fileID, line: Int = #line
  ) -> Model {
    applied(to: model, CodeLocation(file: "\(file)", line: line))
  }

  fileprivate func applied(to model: Model, _ location: CodeLocation) -> Model {
    let application = BlockApplication(
      block: id, name: name, id: ModelNode.nextID(), location: location)
    let scope = ModelNode.currentScope + [.application(application)]
    var images: [ModelNode.ID: ModelNode.ID] = [:]
    func image(_ value: NodeOutput) -> NodeOutput {
      if value.node == placeholder { return model.output }
      return NodeOutput(node: images[value.node] ?? value.node, index: value.index)
    }
    var captured: [ModelNode] = []
    var copies: [ModelNode] = []
    for node in template.nodes where node.id != placeholder {
      if node.id < placeholder || node.layer is InputLayer {
        captured.append(node)
        continue
      }
      var copy = node
      copy.id = ModelNode.nextID()
      copy.inputs = node.inputs.map(image)
      copy.scope = scope + node.scope
      images[node.id] = copy.id
      copies.append(copy)
    }
    return Model(
      nodes: Model.union([model.nodes, captured]) + copies, output: image(template.output))
  }
}

/// Applies a shared block: `input |> tower`.
///
/// Errors name the layer it is applied to as the place of the application.
public func |> (model: Model, block: SharedBlock) -> Model {
  let input = model.nodes.last { $0.id == model.output.node }
  return block.applied(to: model, input?.location ?? CodeLocation(file: "", line: 0))
}

/// One use of a shared block.
package struct BlockApplication: Sendable, Hashable {
  /// Which block.
  package var block: Int
  /// The block's name, or nothing.
  package var name: String?
  /// Which application.
  package var id: Int
  /// Where the block was applied.
  package var location: CodeLocation

  // Where a block was applied does not matter to what it computes.
  package static func == (first: BlockApplication, second: BlockApplication) -> Bool {
    first.block == second.block && first.name == second.name && first.id == second.id
  }
  package func hash(into hasher: inout Hasher) {
    hasher.combine(block)
    hasher.combine(name)
    hasher.combine(id)
  }
}

/// Stands for the model that a shared block is applied to.
struct PlaceholderLayer: Layer {
  var operation: String { "placeholder" }

  func signature(_ inputs: [LayerInput]) throws(LayerProblem) -> LayerSignature {
    throw LayerProblem(
      "to be used within its shared block only", got: "a use outside",
      hint: "apply the block and use what that gives")
  }

  func apply(_ call: LayerCall) -> LayerResult { LayerResult(call.input) }
}
