/// A program on tensors as data: values in topological order, addressed by integer ids.
///
/// The graph is an arena. Nodes refer to each other by number, never by reference, so that chains
/// of any length are built, copied and released without recursion.
package struct Graph: Sendable {
  /// The id of a value; operands always have smaller ids than results.
  package typealias ValueID = Int32

  /// Where a value comes from.
  package enum Source: Sendable {
    /// An argument of the program.
    case input(Int)
    /// A tensor known when the program was recorded.
    case constant(Tensor)
    /// A result of a node.
    case node(Int32, result: Int32)
  }

  /// One application of a primitive.
  package struct Node: Sendable {
    package var primitive: any Primitive
    package var operands: [ValueID]
    /// The id of the first result; the others follow.
    package var firstResult: ValueID
    package var resultCount: Int32
    /// An index into `scopes`: the layer the node belongs to.
    package var scope: Int32

    package var results: Range<ValueID> { firstResult ..< firstResult + resultCount }
  }

  package private(set) var types: [TensorType] = []
  package private(set) var sources: [Source] = []
  package private(set) var nodes: [Node] = []
  package private(set) var inputs: [ValueID] = []
  /// Names of layers, outermost first, joined by `/`; the first is empty.
  package private(set) var scopes: [String] = [""]
  private var scopeIndices: [String: Int32] = ["": 0]
  /// The values the program returns.
  package var outputs: [ValueID] = []

  package init() {}

  package var valueCount: Int { types.count }

  package mutating func appendInput(_ type: TensorType) -> ValueID {
    inputs.append(ValueID(types.count))
    return appendValue(type, .input(inputs.count - 1))
  }

  package mutating func appendConstant(_ tensor: Tensor) -> ValueID {
    appendValue(tensor.type, .constant(tensor))
  }

  /// Appends a node and returns its index; result types come from the primitive's shape rule.
  @discardableResult
  package mutating func appendNode(
    _ primitive: any Primitive, operands: [ValueID], resultTypes: [TensorType], scope: Int32 = 0
  ) -> Node {
    let node = Node(
      primitive: primitive, operands: operands, firstResult: ValueID(types.count),
      resultCount: Int32(resultTypes.count), scope: scope)
    let index = Int32(nodes.count)
    nodes.append(node)
    for (result, type) in resultTypes.enumerated() {
      _ = appendValue(type, .node(index, result: Int32(result)))
    }
    return node
  }

  /// The index of a scope's name, added if it is new.
  package mutating func scopeIndex(_ name: String) -> Int32 {
    if let index = scopeIndices[name] { return index }
    let index = Int32(scopes.count)
    scopes.append(name)
    scopeIndices[name] = index
    return index
  }

  private mutating func appendValue(_ type: TensorType, _ source: Source) -> ValueID {
    types.append(type)
    sources.append(source)
    return ValueID(types.count - 1)
  }

  /// Removes the last values, and the nodes and inputs they are results of.
  package mutating func removeValues(from first: Int) {
    types.removeSubrange(first...)
    sources.removeSubrange(first...)
    while let last = nodes.last, last.results.upperBound > first { nodes.removeLast() }
    while let last = inputs.last, last >= first { inputs.removeLast() }
  }

  /// The node that computes a value, or `nil` for inputs and constants.
  package func node(of value: ValueID) -> Node? {
    if case .node(let index, _) = sources[Int(value)] { nodes[Int(index)] } else { nil }
  }
}

extension Graph: CustomStringConvertible {
  /// One line a node: `%5: f32[2, 3] = multiply %3, %4   // scope`.
  package var description: String {
    var lines: [String] = []
    var nextNode = 0
    for value in 0 ..< valueCount {
      switch sources[value] {
      case .input(let index): lines.append("%\(value): \(types[value]) = input \(index)")
      case .constant(let tensor):
        let text =
          tensor.count == 1 && tensor.isConcrete ? " \(tensor.scalar(as: Double.self))" : ""
        lines.append("%\(value): \(types[value]) = constant\(text)")
      case .node(let index, result: 0):
        let node = nodes[Int(index)]
        let results = node.results.map { "%\($0): \(types[Int($0)])" }.joined(separator: ", ")
        let operands = node.operands.map { "%\($0)" }.joined(separator: ", ")
        let scope = node.scope == 0 ? "" : "   // \(scopes[Int(node.scope)])"
        lines.append("\(results) = \(node.primitive) \(operands)\(scope)")
        nextNode += 1
      case .node: break
      }
    }
    lines.append("return " + outputs.map { "%\($0)" }.joined(separator: ", "))
    return lines.joined(separator: "\n")
  }
}
