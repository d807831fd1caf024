package import RanvierTensors

/// Moves a bias, a residual and an activation into the matrix product or convolution before them.
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

    // A chain ends at its last node; the nodes before it disappear into it.
    var chains: [Int: Chain] = [:]
    for (index, node) in graph.nodes.enumerated() {
      guard node.primitive is MatrixProduct || node.primitive is Convolution,
        graph.types[Int(node.firstResult)].elementType.isFloatingPoint
      else { continue }
      var chain = Chain(start: index)
      var end = index
      if let next = onlyConsumer(graph.nodes[end].firstResult),
        let bias = biasOperand(graph.nodes[next], of: graph.nodes[end].firstResult, graph),
        isComputed(bias, before: index, graph)
      {
        chain.bias = bias
        end = next
        taken.insert(next)
      }
      // Products leave residuals to the loops of what follows, which read them anyway.
      if node.primitive is Convolution, let next = onlyConsumer(graph.nodes[end].firstResult),
        let residual = residualOperand(graph.nodes[next], of: graph.nodes[end].firstResult, graph)
      {
        chain.residual = residual
        end = next
        taken.insert(next)
      }
      if let next = onlyConsumer(graph.nodes[end].firstResult),
        let activation = activation(graph.nodes[next].primitive)
      {
        chain.activation = activation
        end = next
        taken.insert(next)
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
          activation: chain.activation))
      return rewriter.append(primitive, inputs, types: types, like: start)
    }.withoutDeadNodes()
  }

  private struct Chain {
    var start: Int
    var bias: Graph.ValueID?
    var residual: Graph.ValueID?
    var activation = Epilogue.Activation.identity
  }

  /// The other operand of an addition, if it is a vector over the last axis.
  private static func biasOperand(
    _ node: Graph.Node, of value: Graph.ValueID, _ graph: Graph
  ) -> Graph.ValueID? {
    guard node.primitive is Add, let position = node.operands.firstIndex(of: value) else {
      return nil
    }
    let other = node.operands[1 - position]
    let (type, result) = (graph.types[Int(other)], graph.types[Int(value)])
    guard other != value, type.elementType == result.elementType, type.elementType == .float32,
      type.shape.rank == 1, type.shape[0] == result.shape[-1],
      graph.types[Int(node.firstResult)] == result
    else { return nil }
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
    guard other != value, graph.types[Int(other)] == type, type.elementType == .float32 else {
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

/// A matrix product or convolution, then a bias, then an activation.
package struct ProductWithEpilogue: Primitive {
  /// A ``MatrixProduct`` or ``Convolution``.
  package let product: any Primitive
  package let epilogue: Epilogue

  package init(product: any Primitive, epilogue: Epilogue) {
    self.product = product
    self.epilogue = epilogue
  }

  package var name: String { product.name }
  package var description: String {
    "\(product)" + (epilogue.hasBias ? " + bias" : "")
      + (epilogue.hasResidual ? " + residual" : "")
      + (epilogue.activation == .identity ? "" : " + \(epilogue.activation)")
  }

  package static func == (first: Self, second: Self) -> Bool {
    first.epilogue == second.epilogue && first.product.isEqual(to: second.product)
  }

  package func hash(into hasher: inout Hasher) {
    product.hash(into: &hasher)
    hasher.combine(epilogue)
  }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    try product.resultTypes(of: Array(operands.prefix(2)))
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    fatalError("epilogues are made after derivatives")
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    fatalError("batches are formed before a plan is made")
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    var results = product.evaluate(Array(operands.prefix(2)), resultTypes)
    for operand in operands.dropFirst(2) {
      results = Add().evaluate([results[0], operand], resultTypes)
    }
    if let activation { results = activation.evaluate(results, resultTypes) }
    return results
  }

  private var activation: (any Primitive)? {
    switch epilogue.activation {
    case .identity: nil
    case .rectifiedLinear: RectifiedLinear()
    case .hyperbolicTangent: HyperbolicTangent()
    case .logistic: Logistic()
    }
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    makeKernel(operands, results, constants: [])
  }

  package func makeKernel(
    _ operands: [TensorType], _ results: [TensorType], constants: Set<Int>
  ) -> Kernel {
    let (left, right) = (operands[0], operands[1])
    switch product {
    case let product as MatrixProduct:
      return ProductKernel(
        type: left.elementType, sizes: product.sizes(left.shape, right.shape),
        transposesLeft: product.transposesLeft, transposesRight: product.transposesRight,
        epilogue: epilogue, isRightConstant: constants.contains(1)
      ).kernel()
    case let convolution as Convolution:
      return ConvolutionKernel(
        .forward, type: left.elementType, geometry: convolution.geometry, input: left.shape,
        kernel: right.shape, output: results[0].shape, epilogue: epilogue,
        isKernelConstant: constants.contains(1)
      ).prepared()
    default: fatalError("\(product) has no epilogues")
    }
  }

  package static var samples: [PrimitiveSample] {
    [Epilogue.Activation.identity, .rectifiedLinear, .hyperbolicTangent, .logistic].flatMap {
      [
        PrimitiveSample(
          ProductWithEpilogue(
            product: MatrixProduct(), epilogue: Epilogue(hasBias: true, activation: $0)),
          [.init([5, 4]), .init([4, 3]), .init([3])], isDifferentiable: false),
        PrimitiveSample(
          ProductWithEpilogue(
            product: MatrixProduct(),
            epilogue: Epilogue(hasBias: true, hasResidual: true, activation: $0)),
          [.init([5, 4]), .init([4, 3]), .init([3]), .init([5, 3])], isDifferentiable: false),
        PrimitiveSample(
          ProductWithEpilogue(
            product: MatrixProduct(), epilogue: Epilogue(hasResidual: true, activation: $0)),
          [.init([5, 4]), .init([4, 3]), .init([5, 3])], isDifferentiable: false),
      ]
    }
  }
}
