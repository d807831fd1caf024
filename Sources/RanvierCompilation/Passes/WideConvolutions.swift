package import RanvierTensors

/// Convolutions of bf16 numbers that are computed sooner in `f32`: those of a batch of very small
/// images with many channels.
///
/// Much of their windows lies outside of the images, which our own kernels of `f32` leave out. The
/// kernel, by far the largest operand, is read as it was before it was rounded, so nothing has to be
/// widened but a few pixels; the result is rounded once.
package enum WideConvolutions {
  package static func run(_ graph: Graph) -> Graph {
    let chosen = graph.nodes.indices.filter { isFasterInFloat32(graph.nodes[$0], graph) }
    if chosen.isEmpty { return graph }
    let isChosen = Set(chosen)
    /// The results of those convolutions in `f32`.
    var wide: [Graph.ValueID: Graph.ValueID] = [:]

    return GraphRewriter.rewrite(graph) { rewriter, index, node, operands in
      let types = graph.resultTypes(of: node)
      if isWidening(node), let result = wide[node.operands[0]] { return [result] }
      guard isChosen.contains(index) else {
        return rewriter.append(node.primitive, operands, types: types, like: node)
      }
      let inputs = node.operands.map { operand -> Graph.ValueID in
        if let known = wide[operand] { return known }
        if let exact = unrounded(operand, graph) { return rewriter.newID(exact) }
        let type = TensorType(.float32, graph.types[Int(operand)].shape)
        return rewriter.append(
          Cast(to: .float32), [rewriter.newID(operand)], types: [type], like: node)[0]
      }
      let result = rewriter.append(
        node.primitive, inputs, types: [TensorType(.float32, types[0].shape)], like: node)
      wide[node.firstResult] = result[0]
      return rewriter.append(Cast(to: types[0].elementType), result, types: types, like: node)
    }.withoutDeadNodes()
  }

  private static func isWidening(_ node: Graph.Node) -> Bool {
    (node.primitive as? Cast)?.elementType == .float32
  }

  /// What a value of 16 bits was rounded from, if it was in `f32`.
  private static func unrounded(_ value: Graph.ValueID, _ graph: Graph) -> Graph.ValueID? {
    guard let node = graph.node(of: value), node.primitive is Cast,
      graph.types[Int(node.operands[0])].elementType == .float32
    else { return nil }
    return node.operands[0]
  }

  private static func isFasterInFloat32(_ node: Graph.Node, _ graph: Graph) -> Bool {
    let types = node.operands.map { graph.types[Int($0)] }
    let kernel: ConvolutionKernel
    switch node.primitive {
    case let convolution as Convolution:
      kernel = convolution.kernel(types, graph.resultTypes(of: node))
    case let gradient as ConvolutionInputGradient: kernel = gradient.kernel(types)
    case let gradient as ConvolutionKernelGradient: kernel = gradient.kernel(types)
    default: return false
    }
    // Widening a kernel takes as long as what is saved.
    let readsKernel = kernel.direction != .kernelGradient
    return kernel.isFasterInFloat32
      && (!readsKernel || unrounded(node.operands[1], graph) != nil)
  }
}
