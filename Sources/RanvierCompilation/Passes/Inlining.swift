package import RanvierTensors

/// Replaces functions with derivatives of their own by what they compute, once all derivatives have
/// been taken.
package enum Inlining {
  package static func run(_ graph: Graph) -> Graph {
    guard graph.nodes.contains(where: { $0.primitive is CustomDerivative }) else { return graph }
    return GraphRewriter.rewrite(graph) { rewriter, _, node, operands in
      append(node, operands, types: graph.resultTypes(of: node), to: &rewriter, like: node)
    }
  }

  private static func append(
    _ node: Graph.Node, _ operands: [Graph.ValueID], types: [TensorType],
    to rewriter: inout GraphRewriter, like outer: Graph.Node
  ) -> [Graph.ValueID] {
    guard let custom = node.primitive as? CustomDerivative else {
      return rewriter.append(node.primitive, operands, types: types, like: outer)
    }
    let inner = custom.program.graph
    var mapping = inner.sources.map { source -> Graph.ValueID in
      switch source {
      case .input(let index): operands[index]
      case .constant(let tensor): rewriter.constant(tensor)
      case .node: -1
      }
    }
    for node in inner.nodes {
      let results = append(
        node, node.operands.map { mapping[Int($0)] }, types: inner.resultTypes(of: node),
        to: &rewriter, like: outer)
      for (old, new) in zip(node.results, results) { mapping[Int(old)] = new }
    }
    return inner.outputs.map { mapping[Int($0)] }
  }
}

/// Removes barriers, which have kept repeated computations from being taken for one.
package enum Barriers {
  package static func run(_ graph: Graph) -> Graph {
    guard graph.nodes.contains(where: { $0.primitive is Barrier }) else { return graph }
    return GraphRewriter.rewrite(graph) { rewriter, _, node, operands in
      node.primitive is Barrier
        ? operands
        : rewriter.append(
          node.primitive, operands, types: graph.resultTypes(of: node), like: node)
    }
  }
}
