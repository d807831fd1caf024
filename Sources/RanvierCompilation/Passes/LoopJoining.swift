package import RanvierTensors

/// Makes one loop of several that take the same steps, and leaves out outputs that nothing reads.
///
/// A derivative of a loop asks for intermediate values of each step by a second loop with the same
/// program and more outputs.
package enum LoopJoining {
  package static func run(_ graph: Graph) -> Graph {
    guard graph.nodes.contains(where: { $0.primitive is ScanLoop }) else { return graph }
    let isRead = readValues(graph)
    var groups: [Key: [Int]] = [:]
    for (index, node) in graph.nodes.enumerated() {
      if let loop = node.primitive as? ScanLoop {
        groups[Key(loop, node.operands), default: []].append(index)
      }
    }
    return GraphRewriter.rewrite(graph) { rewriter, index, node, operands in
      guard let loop = node.primitive as? ScanLoop, let group = groups[Key(loop, node.operands)]
      else {
        return rewriter.append(
          node.primitive, operands, types: graph.resultTypes(of: node), like: node)
      }
      // The others of the group were handled with the first that is alive.
      if rewriter.newID(node.firstResult) >= 0 {
        return node.results.map { rewriter.newID($0) }
      }
      let carried = Array(loop.body.graph.outputs[..<loop.carryCount])
      // The values that any of the loops returns, each once.
      var outputs: [Graph.ValueID] = []
      for member in group {
        for (value, result) in zip(outputValues(graph.nodes[member]), graph.nodes[member].results)
        where isRead[Int(result)] && !outputs.contains(value) {
          outputs.append(value)
        }
      }
      let wanted = carried + outputs
      let joined =
        wanted == loop.body.graph.outputs
        ? loop : loop.replacingBody(loop.body.returning(wanted))
      let types = (try? joined.resultTypes(of: node.operands.map { graph.types[Int($0)] })) ?? []
      let results = rewriter.append(joined, operands, types: types, like: node)
      for member in group {
        let other = graph.nodes[member]
        for (position, result) in other.results.enumerated() {
          if position < loop.carryCount {
            rewriter.map(result, to: results[position])
          } else if let place = outputs.firstIndex(of: outputValue(other, position)) {
            rewriter.map(result, to: results[loop.carryCount + place])
          }
        }
      }
      return node.results.map { rewriter.newID($0) }
    }
  }

  private struct Key: Hashable {
    let origin: Program
    let operands: [Graph.ValueID]
    let isReversed: Bool

    init(_ loop: ScanLoop, _ operands: [Graph.ValueID]) {
      origin = loop.body.origin
      self.operands = operands
      isReversed = loop.isReversed
    }
  }

  /// The value of the body that a result of a loop collects or carries.
  private static func outputValue(_ node: Graph.Node, _ position: Int) -> Graph.ValueID {
    (node.primitive as? ScanLoop)?.body.graph.outputs[position] ?? -1
  }

  private static func outputValues(_ node: Graph.Node) -> ArraySlice<Graph.ValueID> {
    guard let loop = node.primitive as? ScanLoop else { return [] }
    return loop.body.graph.outputs[...]
  }

  private static func readValues(_ graph: Graph) -> [Bool] {
    var isRead = [Bool](repeating: false, count: graph.valueCount)
    let isLive = graph.liveNodes
    for (index, node) in graph.nodes.enumerated() where isLive[index] {
      for operand in node.operands { isRead[Int(operand)] = true }
    }
    for output in graph.outputs { isRead[Int(output)] = true }
    // Carried results are always there, and not collected.
    for node in graph.nodes {
      guard let loop = node.primitive as? ScanLoop else { continue }
      for result in node.results.prefix(loop.carryCount) { isRead[Int(result)] = false }
    }
    return isRead
  }
}
