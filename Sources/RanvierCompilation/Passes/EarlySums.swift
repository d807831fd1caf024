package import RanvierTensors

/// Runs sums over leading axes as soon as their operands are there.
///
/// A derivative asks for sums one after the other, with small steps between them that wait for the
/// earlier ones. Side by side, sums of the same elements can be computed in one loop.
package enum EarlySums {
  package static func run(_ graph: Graph) -> Graph {
    /// When a node runs: behind the node of this number, after those that stood there.
    func place(_ index: Int) -> (Int, Int) {
      let node = graph.nodes[index]
      guard node.primitive is Sum || node.primitive is WideSum,
        case .node(let source, _) = graph.sources[Int(node.operands[0])]
      else { return (index, -1) }
      return (Int(source), index)
    }
    let places = graph.nodes.indices.map(place)
    let order = graph.nodes.indices.sorted { places[$0] < places[$1] }
    return order.elementsEqual(graph.nodes.indices) ? graph : graph.reordered(order)
  }
}
