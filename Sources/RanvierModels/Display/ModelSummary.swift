internal import Foundation
internal import RanvierTensors

/// What a model consists of, layer by layer; print it for a table.
public struct ModelSummary: Sendable, CustomStringConvertible {
  /// One layer.
  public struct Row: Sendable {
    /// The layer's path.
    public var path: String
    /// The layer's operation.
    public var operation: String
    /// The paths of the layers it takes its inputs from, with their shapes; of a further output with
    /// its position, such as `lstm_0[1]`.
    public var inputs: [(path: String, shape: DynamicShape)]
    /// The shapes of the outputs; most layers have one.
    public var outputShapes: [DynamicShape]
    /// Options as they are shown, some only where they differ from the default: `units: 128`.
    public var options: [String]
    /// The path of the layer whose parameters this one uses, if they are not its own.
    public var sharedWith: String?
    /// What the layer learns; empty if shared.
    public var parameters: [ParameterDeclaration]
    /// What the layer keeps beside parameters; empty if shared.
    public var state: [ParameterDeclaration]
    /// The type of the first output's elements, abbreviated.
    var elementType: String

    /// The shape of the only output, or the first of several.
    public var outputShape: DynamicShape { outputShapes[0] }
  }

  /// The layers in the order of computation, each once.
  public let rows: [Row]

  init(_ model: ResolvedModel) {
    rows = model.nodes.map { node in
      let own = node.isShared ? LayerSignature(node.signature.output.shape) : node.signature
      let hasParameters = !(node.signature.parameters + node.signature.state).isEmpty
      return Row(
        path: node.path, operation: node.layer.operation,
        inputs: node.inputs.map { (model.path(of: $0), model.declaration(of: $0).shape) },
        outputShapes: node.signature.outputs.map(\.shape),
        options: node.layer.options.map { "\($0.name): \($0.value)" },
        sharedWith: node.isShared && hasParameters ? node.parameterPath : nil,
        parameters: own.parameters, state: own.state,
        elementType: node.signature.output.elementType.abbreviation)
    }
  }

  /// The number of parameters, biases included, layer state not.
  public var parameterCount: Int { rows.flatMap(\.parameters).reduce(0) { $0 + $1.count } }
  /// The bytes of all parameters.
  public var parameterBytes: Int { rows.flatMap(\.parameters).reduce(0) { $0 + $1.byteCount } }
  /// The number of values of layer state, such as running statistics.
  public var stateCount: Int { rows.flatMap(\.state).reduce(0) { $0 + $1.count } }
  /// The bytes of all layer state.
  public var stateBytes: Int { rows.flatMap(\.state).reduce(0) { $0 + $1.byteCount } }

  /// The table.
  public var description: String {
    var table = TextTable(
      header: ["Layer", "Input Shape", "Output Shape", "Options", "Parameters"])
    for (index, row) in rows.enumerated() {
      // Branches show where inputs come from; elsewhere it is the layer above.
      let follows = index > 0 && row.inputs.map(\.path) == [rows[index - 1].path]
      let inputs =
        follows
        ? ["\(row.inputs[0].shape)"] : row.inputs.flatMap { ["\($0.path):", "  \($0.shape)"] }
      var parameters = row.parameters.map { "\($0.name): \($0.type)" }
      parameters += row.state.map { "\($0.name): \($0.type) (state)" }
      if let shared = row.sharedWith { parameters.append("shared with \(shared)") }
      table.rows.append([
        [row.title], inputs, row.outputShapes.map(\.description), row.options, parameters,
      ])
    }
    table.footer = [
      "Total Parameters: \(parameterCount)",
      "Total Parameters Memory: \(ModelSummary.bytes(parameterBytes))",
    ]
    if stateCount > 0 {
      table.footer.append("Total Layer State: \(stateCount)")
      table.footer.append("Total Layer State Memory: \(ModelSummary.bytes(stateBytes))")
    }
    return table.text
  }

  /// A number of bytes, also in the unit that fits, in powers of 1000.
  private static func bytes(_ count: Int) -> String {
    let units = ["kilobytes", "megabytes", "gigabytes", "terabytes"]
    var value = Double(count)
    var unit = ""
    for next in units where value >= 1000 {
      value /= 1000
      unit = next
    }
    return unit.isEmpty
      ? "\(count) bytes" : "\(count) bytes (\(String(format: "%.2f", value)) \(unit))"
  }
}

extension ModelSummary.Row {
  /// The path, and the operation unless the path tells it.
  fileprivate var title: String {
    let name = path.split(separator: "/").last ?? ""
    return name.hasPrefix("\(operation)_") ? path : "\(path) (\(operation))"
  }
}

extension Model {
  /// The layers with their shapes, options and parameters, as a table when printed.
  ///
  /// - Throws: ``BuildError`` that lists everything that is wrong with the model.
  public func summary() throws(BuildError) -> ModelSummary {
    ModelSummary(try ResolvedModel(self))
  }
}
