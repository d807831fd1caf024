package import RanvierTensors

/// Runs what replaces a program's state as soon as its operands are there.
///
/// Programs that train compute all gradients and then all updates. An update that follows its
/// gradient finds it in the caches, and the gradient's memory is free for the next one.
package enum Ordering {
  /// Bytes of results that may wait for their readers at no cost.
  private static let smallBytes = 1024

  package static func run(_ graph: Graph) -> Graph {
    let isEarly = earlyNodes(graph)
    let consumers = graph.consumers
    let outputs = Set(graph.outputs)
    let inputs = Set(graph.inputs)

    /// When a node runs: behind the node of this number, after those that stood there.
    func place(_ index: Int) -> (Int, Int) {
      let node = graph.nodes[index]
      if isEarly[index] { return (-1, index) }
      guard node.results.allSatisfy({ outputs.contains($0) && consumers[Int($0)].isEmpty }) else {
        return (index, -1)
      }
      let sizes = Set(graph.resultTypes(of: node).map(\.byteCount))
      var ready = -1
      for operand in node.operands {
        if case .node(let source, _) = graph.sources[Int(operand)], !isEarly[Int(source)] {
          ready = max(ready, Int(source))
        }
        // A result may take over an input's memory once nothing else reads it.
        if inputs.contains(operand), sizes.contains(graph.types[Int(operand)].byteCount) {
          for reader in consumers[Int(operand)] where Int(reader) != index {
            ready = max(ready, Int(reader))
          }
        }
      }
      return ready < index ? (ready, index) : (index, -1)
    }
    let places = graph.nodes.indices.map(place)
    let order = graph.nodes.indices.sorted { places[$0] < places[$1] }
    return order.elementsEqual(graph.nodes.indices) ? graph : graph.reordered(order)
  }

  /// Nodes whose small results depend on inputs and constants only: they run first.
  private static func earlyNodes(_ graph: Graph) -> [Bool] {
    var isEarly = [Bool](repeating: false, count: graph.nodes.count)
    for (index, node) in graph.nodes.enumerated() {
      isEarly[index] =
        !(node.primitive is any ControlFlowPrimitive)
        && graph.resultTypes(of: node).allSatisfy { $0.byteCount <= smallBytes }
        && node.operands.allSatisfy {
          if case .node(let source, _) = graph.sources[Int($0)] { return isEarly[Int(source)] }
          return graph.types[Int($0)].byteCount <= smallBytes
        }
    }
    return isEarly
  }
}

extension Graph {
  /// The graph with its nodes in another order, in which operands still come first.
  func reordered(_ order: [Int]) -> Graph {
    var result = Graph()
    var mapping = [ValueID](repeating: -1, count: valueCount)
    for value in 0 ..< valueCount {
      switch sources[value] {
      case .input: mapping[value] = result.appendInput(types[value])
      case .constant(let tensor): mapping[value] = result.appendConstant(tensor)
      case .node: break
      }
    }
    for index in order {
      let node = nodes[index]
      let new = result.appendNode(
        node.primitive, operands: node.operands.map { mapping[Int($0)] },
        resultTypes: resultTypes(of: node), scope: result.scopeIndex(scopes[Int(node.scope)]))
      for (old, value) in zip(node.results, new.results) { mapping[Int(old)] = value }
    }
    result.outputs = outputs.map { mapping[Int($0)] }
    return result
  }
}
