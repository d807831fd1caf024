package import RanvierTensors

/// Builds a new graph from an old one, node by node in order: the frame of every pass.
package struct GraphRewriter {
  package let source: Graph
  package private(set) var result = Graph()
  /// The new id of each old value, -1 until it is there.
  private var mapping: [Graph.ValueID]
  private let isLive: [Bool]
  private var constants: [ConstantKey: Graph.ValueID] = [:]

  package init(_ source: Graph) {
    self.source = source
    mapping = [Graph.ValueID](repeating: -1, count: source.valueCount)
    isLive = source.liveNodes
  }

  /// Rewrites every live node by a closure that maps it to its new results; what nothing uses
  /// disappears.
  package static func rewrite(
    _ source: Graph,
    _ body: (inout GraphRewriter, _ index: Int, Graph.Node, [Graph.ValueID]) -> [Graph.ValueID]
  ) -> Graph {
    var rewriter = GraphRewriter(source)
    for value in 0 ..< source.valueCount {
      switch source.sources[value] {
      case .input: rewriter.mapping[value] = rewriter.result.appendInput(source.types[value])
      case .constant(let tensor): rewriter.mapping[value] = rewriter.constant(tensor)
      case .node(let index, result: 0):
        guard rewriter.isLive[Int(index)] else { continue }
        let node = source.nodes[Int(index)]
        let results = body(
          &rewriter, Int(index), node, node.operands.map { rewriter.mapping[Int($0)] })
        for (old, new) in zip(node.results, results) { rewriter.mapping[Int(old)] = new }
      case .node: break
      }
    }
    rewriter.result.outputs = source.outputs.map { rewriter.mapping[Int($0)] }
    return rewriter.result
  }

  /// The new id of an old value.
  package func newID(_ old: Graph.ValueID) -> Graph.ValueID { mapping[Int(old)] }

  /// States the new id of an old value that the rewriting closure does not return.
  package mutating func map(_ old: Graph.ValueID, to new: Graph.ValueID) { mapping[Int(old)] = new }

  /// Adds a constant; small ones of equal type and bytes become one, so that expressions of them
  /// are seen to be equal.
  package mutating func constant(_ tensor: Tensor) -> Graph.ValueID {
    guard tensor.type.byteCount <= 64, tensor.isConcrete else {
      return result.appendConstant(tensor)
    }
    let key = ConstantKey(type: tensor.type, bytes: tensor.withUnsafeBytes { Array($0) })
    if let known = constants[key] { return known }
    let id = result.appendConstant(tensor)
    constants[key] = id
    return id
  }

  private struct ConstantKey: Hashable {
    let type: TensorType
    let bytes: [UInt8]
  }

  /// Appends a node to the new graph, in the old node's scope.
  package mutating func append(
    _ primitive: any Primitive, _ operands: [Graph.ValueID], types: [TensorType],
    like node: Graph.Node
  ) -> [Graph.ValueID] {
    let scope = result.scopeIndex(source.scopes[Int(node.scope)])
    return Array(
      result.appendNode(primitive, operands: operands, resultTypes: types, scope: scope).results)
  }
}

extension Graph {
  /// Which nodes the outputs depend on.
  package var liveNodes: [Bool] {
    var live = [Bool](repeating: false, count: nodes.count)
    var pending: [Int32] = []
    func visit(_ value: ValueID) {
      if case .node(let index, _) = sources[Int(value)], !live[Int(index)] {
        live[Int(index)] = true
        pending.append(index)
      }
    }
    outputs.forEach(visit)
    while let index = pending.popLast() { nodes[Int(index)].operands.forEach(visit) }
    return live
  }

  /// The nodes that read each value.
  package var consumers: [[Int32]] {
    var consumers = [[Int32]](repeating: [], count: valueCount)
    for (index, node) in nodes.enumerated() {
      for operand in node.operands where consumers[Int(operand)].last != Int32(index) {
        consumers[Int(operand)].append(Int32(index))
      }
    }
    return consumers
  }

  /// The types of a node's results.
  package func resultTypes(of node: Node) -> [TensorType] {
    node.results.map { types[Int($0)] }
  }
}
