package import RanvierTensors

/// Takes out of loops what is the same in every step.
package enum LoopInvariants {
  package static func run(_ graph: Graph) -> Graph {
    let hasInvariants = graph.nodes.contains { node in
      (node.primitive as? ScanLoop).map { !Invariants($0).values.isEmpty } ?? false
    }
    guard hasInvariants else { return graph }
    let result = GraphRewriter.rewrite(graph) { rewriter, _, node, operands in
      let types = graph.resultTypes(of: node)
      guard let loop = node.primitive as? ScanLoop else {
        return rewriter.append(node.primitive, operands, types: types, like: node)
      }
      let invariants = Invariants(loop)
      let outside = invariants.appendNodes(to: &rewriter, operands, like: node)
      return rewriter.append(
        loop.replacingBody(invariants.body), operands + outside, types: types, like: node)
    }
    // What was taken out of several loops may be the same.
    return Simplification.run(result)
  }

  /// The part of a loop's body that does not depend on the step.
  private struct Invariants {
    private let graph: Graph
    /// Which nodes are carried out before the loop.
    private var isOutside: [Bool]
    /// The results of those nodes that the rest of the body needs.
    private(set) var values: [Graph.ValueID] = []

    init(_ loop: ScanLoop) {
      graph = loop.body.graph
      let firstShared = loop.carryCount + loop.elementCount
      var isInvariant = [Bool](repeating: false, count: graph.valueCount)
      for value in 0 ..< graph.valueCount {
        switch graph.sources[value] {
        case .constant: isInvariant[value] = true
        case .input(let index): isInvariant[value] = index >= firstShared
        case .node(let index, _):
          isInvariant[value] = graph.nodes[Int(index)].operands.allSatisfy {
            isInvariant[Int($0)]
          }
        }
      }
      isOutside = [Bool](repeating: false, count: graph.nodes.count)
      var isWanted = [Bool](repeating: false, count: graph.valueCount)
      // What only repeats or reshapes elements stays inside, where it costs nothing.
      func want(_ value: Graph.ValueID) {
        var pending = [value]
        while let value = pending.popLast() {
          guard isInvariant[Int(value)], let node = graph.node(of: value) else { continue }
          if node.primitive is any CheapPrimitive {
            pending += node.operands
          } else {
            isWanted[Int(value)] = true
          }
        }
      }
      let isLive = graph.liveNodes
      for (index, node) in graph.nodes.enumerated() where isLive[index] {
        if !isInvariant[Int(node.firstResult)] { node.operands.forEach(want) }
      }
      graph.outputs.forEach(want)
      values = (0 ..< Graph.ValueID(graph.valueCount)).filter { isWanted[Int($0)] }
      var pending = values
      while let value = pending.popLast() {
        guard case .node(let index, _) = graph.sources[Int(value)], !isOutside[Int(index)] else {
          continue
        }
        isOutside[Int(index)] = true
        pending += graph.nodes[Int(index)].operands
      }
    }

    /// Appends the nodes to the program around the loop; returns the values the loop needs.
    func appendNodes(
      to rewriter: inout GraphRewriter, _ operands: [Graph.ValueID], like outer: Graph.Node
    ) -> [Graph.ValueID] {
      var mapping: [Graph.ValueID: Graph.ValueID] = [:]
      for (index, node) in graph.nodes.enumerated() where isOutside[index] {
        let inner = node.operands.map { operand -> Graph.ValueID in
          switch graph.sources[Int(operand)] {
          case .input(let index): operands[index]
          case .constant(let tensor): rewriter.constant(tensor)
          case .node: mapping[operand] ?? -1
          }
        }
        let results = rewriter.append(
          node.primitive, inner, types: graph.resultTypes(of: node), like: outer)
        for (old, new) in zip(node.results, results) { mapping[old] = new }
      }
      return values.map { mapping[$0] ?? -1 }
    }

    /// The body with the values as additional inputs.
    var body: Program {
      var result = Graph()
      var mapping = [Graph.ValueID](repeating: -1, count: graph.valueCount)
      for (index, value) in graph.inputs.enumerated() {
        mapping[Int(value)] = result.appendInput(graph.types[Int(value)])
        assert(result.inputs.count == index + 1)
      }
      for value in values { mapping[Int(value)] = result.appendInput(graph.types[Int(value)]) }
      for value in 0 ..< graph.valueCount {
        switch graph.sources[value] {
        case .input: break
        case .constant(let tensor): mapping[value] = result.appendConstant(tensor)
        case .node(let index, result: 0):
          let node = graph.nodes[Int(index)]
          if isOutside[Int(index)], node.results.allSatisfy({ mapping[Int($0)] >= 0 }) { continue }
          let operands = node.operands.map { mapping[Int($0)] }
          // Nodes that only nodes outside need have no operands here.
          guard operands.allSatisfy({ $0 >= 0 }) else { continue }
          let new = result.appendNode(
            node.primitive, operands: operands, resultTypes: graph.resultTypes(of: node),
            scope: result.scopeIndex(graph.scopes[Int(node.scope)]))
          for (old, id) in zip(node.results, new.results) where mapping[Int(old)] < 0 {
            mapping[Int(old)] = id
          }
        case .node: break
        }
      }
      result.outputs = graph.outputs.map { mapping[Int($0)] }
      return Program(result)
    }
  }
}
