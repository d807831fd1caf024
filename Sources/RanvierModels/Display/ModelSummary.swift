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
    /// The paths of the layers it takes its inputs from, with their shapes.
    public var inputs: [(path: String, shape: DynamicShape)]
    /// The shape of the output.
    public var outputShape: DynamicShape
    /// Options as they are shown: `units: 128`.
    public var options: [String]
    /// What the layer learns.
    public var parameters: [ParameterDeclaration]
    /// What the layer keeps beside parameters.
    public var state: [ParameterDeclaration]
    /// The type of the output's elements, abbreviated.
    var elementType: String
  }

  /// The layers in the order of computation, each once.
  public let rows: [Row]

  init(_ model: ResolvedModel) {
    rows = model.nodes.map { node in
      Row(
        path: node.path, operation: node.layer.operation,
        inputs: node.inputs.map { (model.nodes[$0].path, model.nodes[$0].signature.output.shape) },
        outputShape: node.signature.output.shape,
        options: node.layer.options.map { "\($0.name): \($0.value)" },
        parameters: node.signature.parameters, state: node.signature.state,
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
      header: ["Layer", "Input Shape", "Output Shape", "Options", "Parameters"], title: "Model")
    for row in rows {
      let inputs = row.inputs.count == 1
        ? ["\(row.inputs[0].shape)"] : row.inputs.map { "\($0.path): \($0.shape)" }
      table.rows.append([
        ["\(row.path) ( \(row.operation) )"], inputs, ["\(row.outputShape)"], row.options,
        row.parameters.map { "\($0.name): \($0.type)" } + row.state.map { "\($0.name): \($0.type) (state)" },
      ])
    }
    table.footer = [
      "Total Parameters: \(parameterCount)",
      "Total Parameters Memory: \(ModelSummary.bytes(parameterBytes))",
    ]
    if stateCount > 0 {
      table.footer.append("Layer State: \(stateCount) values, \(ModelSummary.bytes(stateBytes))")
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
    return unit.isEmpty ? "\(count) bytes" : "\(count) bytes (\(String(format: "%.2f", value)) \(unit))"
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
