package import RanvierTensors

/// Moves a bias, a residual and an activation into the matrix product or convolution before them, and
/// what widens a product of 16-bit numbers into the product, which then rounds nothing.
package enum Epilogues {
  package static func run(_ graph: Graph) -> Graph {
    let consumers = graph.consumers
    let isOutput = Set(graph.outputs)

    // A sum of two products belongs to the first.
    var taken: Set<Int> = []

    /// The only node that reads a value, if the value is not returned as well.
    func onlyConsumer(_ value: Graph.ValueID) -> Int? {
      guard consumers[Int(value)].count == 1, !isOutput.contains(value) else { return nil }
      let consumer = Int(consumers[Int(value)][0])
      return taken.contains(consumer) ? nil : consumer
    }

    /// Whether no element loop reads a value.
    func isReadByNoLoop(_ value: Graph.ValueID) -> Bool {
      !isOutput.contains(value)
        && consumers[Int(value)].allSatisfy { !Fusion.mayTake(graph.nodes[Int($0)].primitive) }
    }

    // A chain ends at its last node; the nodes before it disappear into it.
    var chains: [Int: Chain] = [:]
    for (index, node) in graph.nodes.enumerated() {
      let type = graph.types[Int(node.firstResult)].elementType
      guard isProduct(node.primitive), type.isFloatingPoint else { continue }
      var chain = Chain(start: index)
      var end = index
      func next() -> Int? { onlyConsumer(graph.nodes[end].firstResult) }
      func take(_ next: Int) {
        end = next
        taken.insert(next)
      }
      if hasEpilogues(node.primitive) {
        if let next = next(),
          let bias = biasOperand(graph.nodes[next], of: graph.nodes[end].firstResult, graph),
          isComputed(bias, before: index, graph)
        {
          chain.bias = bias
          take(next)
        }
        // Products leave residuals to the loops of what follows, which read them anyway.
        if let next = next(),
          node.primitive is Convolution || isReadByNoLoop(graph.nodes[next].firstResult),
          let residual = residualOperand(graph.nodes[next], of: graph.nodes[end].firstResult, graph)
        {
          chain.residual = residual
          take(next)
        }
        if let next = next(), let activation = activation(graph.nodes[next].primitive) {
          chain.activation = activation
          take(next)
        }
      }
      // A residual has the result's type.
      if type.isNarrowFloat, chain.residual == nil, let next = next(),
        let cast = graph.nodes[next].primitive as? Cast, cast.elementType == .float32,
        !isOfActivations(node.primitive) || isOutput.contains(graph.nodes[next].firstResult)
      {
        chain.widens = true
        take(next)
      }
      if end != index { chains[end] = chain }
    }
    if chains.isEmpty { return graph }

    return GraphRewriter.rewrite(graph) { rewriter, index, node, operands in
      let types = graph.resultTypes(of: node)
      guard let chain = chains[index] else {
        return rewriter.append(node.primitive, operands, types: types, like: node)
      }
      let start = graph.nodes[chain.start]
      var inputs = start.operands.map { rewriter.newID($0) }
      if let bias = chain.bias { inputs.append(rewriter.newID(bias)) }
      if let residual = chain.residual { inputs.append(rewriter.newID(residual)) }
      let primitive = ProductWithEpilogue(
        product: start.primitive,
        epilogue: Epilogue(
          hasBias: chain.bias != nil, hasResidual: chain.residual != nil,
          activation: chain.activation),
        widens: chain.widens)
      return rewriter.append(primitive, inputs, types: types, like: start)
    }.withoutDeadNodes()
  }

  private struct Chain {
    var start: Int
    var bias: Graph.ValueID?
    var residual: Graph.ValueID?
    var activation = Epilogue.Activation.identity
    var widens = false
  }

  private static func isProduct(_ primitive: any Primitive) -> Bool {
    hasEpilogues(primitive) || primitive is ConvolutionInputGradient
      || primitive is ConvolutionKernelGradient
  }

  private static func hasEpilogues(_ primitive: any Primitive) -> Bool {
    primitive is MatrixProduct || primitive is Convolution
  }

  /// Whether a convolution gives images.
  ///
  /// They are large, and what reads them widens as it goes: that costs less than writing twice as
  /// many bytes.
  private static func isOfActivations(_ primitive: any Primitive) -> Bool {
    primitive is Convolution || primitive is ConvolutionInputGradient
  }

  /// The other operand of an addition, if it is a vector over the last axis: for a product of 16-bit
  /// numbers the vector before it was rounded, where there is one.
  private static func biasOperand(
    _ node: Graph.Node, of value: Graph.ValueID, _ graph: Graph
  ) -> Graph.ValueID? {
    guard node.primitive is Add, let position = node.operands.firstIndex(of: value) else {
      return nil
    }
    let other = node.operands[1 - position]
    let (type, result) = (graph.types[Int(other)], graph.types[Int(value)])
    guard other != value, type.elementType == result.elementType, type.elementType != .float64,
      type.shape.rank == 1, type.shape[0] == result.shape[-1],
      graph.types[Int(node.firstResult)] == result
    else { return nil }
    if type.elementType.isNarrowFloat, let cast = graph.node(of: other), cast.primitive is Cast,
      graph.types[Int(cast.operands[0])].elementType == .float32
    {
      return cast.operands[0]
    }
    return other
  }

  /// The other operand of an addition, if it has the result's type.
  private static func residualOperand(
    _ node: Graph.Node, of value: Graph.ValueID, _ graph: Graph
  ) -> Graph.ValueID? {
    guard node.primitive is Add, let position = node.operands.firstIndex(of: value) else {
      return nil
    }
    let other = node.operands[1 - position]
    let type = graph.types[Int(value)]
    guard other != value, graph.types[Int(other)] == type, type.elementType != .float64 else {
      return nil
    }
    return other
  }

  /// Whether a value is there when a node runs, so that the node may read it.
  private static func isComputed(_ value: Graph.ValueID, before index: Int, _ graph: Graph) -> Bool
  {
    if case .node(let source, _) = graph.sources[Int(value)] { source < index } else { true }
  }

  private static func activation(_ primitive: any Primitive) -> Epilogue.Activation? {
    switch primitive {
    case is RectifiedLinear: .rectifiedLinear
    default: nil
    }
  }
}

extension Graph {
  /// The graph without nodes that nothing uses.
  package func withoutDeadNodes() -> Graph {
    GraphRewriter.rewrite(self) { rewriter, _, node, operands in
      rewriter.append(node.primitive, operands, types: resultTypes(of: node), like: node)
    }
  }
}
