package import RanvierTensors

/// Folds constant factors and summands behind a product into its constant weights.
///
/// `(x * W - m) * s + b` becomes `x * (W * s) + (b - m * s)`: so does batch normalization behind a
/// convolution, in a model whose parameters are built in. Results differ by rounding.
package enum ConstantScaling {
  package static func run(_ graph: Graph) -> Graph {
    // Without constant weights, the usual case, nothing is looked for.
    guard graph.nodes.contains(where: { weights(of: $0, graph) != nil }) else { return graph }
    let consumers = graph.consumers
    let isOutput = Set(graph.outputs)
    var chains: [Int: Chain] = [:]
    for (index, node) in graph.nodes.enumerated() {
      guard let weights = weights(of: node, graph) else { continue }
      var chain = Chain(start: index, weights: weights)
      var value = node.firstResult
      var end = index
      while consumers[Int(value)].count == 1, !isOutput.contains(value) {
        let next = Int(consumers[Int(value)][0])
        guard chain.append(graph.nodes[next], of: value, graph) else { break }
        value = graph.nodes[next].firstResult
        end = next
      }
      if chain.isWorthwhile { chains[end] = chain }
    }
    if chains.isEmpty { return graph }

    return GraphRewriter.rewrite(graph) { rewriter, index, node, operands in
      let types = graph.resultTypes(of: node)
      guard let chain = chains[index] else {
        return rewriter.append(node.primitive, operands, types: types, like: node)
      }
      let start = graph.nodes[chain.start]
      var inputs = start.operands.map { rewriter.newID($0) }
      inputs[1] = rewriter.constant(chain.scaledWeights(of: start.primitive))
      let own = graph.resultTypes(of: start)
      var result = rewriter.append(start.primitive, inputs, types: own, like: start)
      func cast(_ value: Graph.ValueID, _ shape: Shape, to type: ElementType) -> Graph.ValueID {
        rewriter.append(Cast(to: type), [value], types: [TensorType(type, shape)], like: start)[0]
      }
      if let shift = chain.shift {
        var addend = rewriter.constant(shift)
        // The product adds what stands before the conversion, which rounds nothing.
        if shift.elementType != own[0].elementType {
          addend = cast(addend, shift.shape, to: own[0].elementType)
        }
        result = rewriter.append(Add(), [result[0], addend], types: own, like: start)
      }
      return types == own ? result : [cast(result[0], types[0].shape, to: types[0].elementType)]
    }.withoutDeadNodes()
  }

  /// The constant weights of a product whose last axis they determine.
  private static func weights(of node: Graph.Node, _ graph: Graph) -> Tensor? {
    guard node.primitive is Convolution || node.primitive is MatrixProduct,
      let weights = graph.constant(node.operands[1]), weights.isConcrete,
      weights.elementType.isFloatingPoint
    else { return nil }
    return weights
  }

  /// A product and what is done to each of its columns afterwards: `product * scale + shift`.
  private struct Chain {
    var start: Int
    var weights: Tensor
    var scale: Tensor?
    var shift: Tensor?
    private var summands = 0

    init(start: Int, weights: Tensor) {
      self.start = start
      self.weights = weights
    }

    /// Whether something is saved.
    var isWorthwhile: Bool { scale != nil || summands > 1 }

    /// Takes a node over if it adds to or multiplies the product's columns by a constant.
    ///
    /// Products of 16-bit numbers are scaled in `f32`, between conversions that are taken over, too.
    mutating func append(_ node: Graph.Node, of value: Graph.ValueID, _ graph: Graph) -> Bool {
      if let cast = node.primitive as? Cast, weights.elementType.isNarrowFloat {
        return cast.elementType == .float32 || cast.elementType == weights.elementType
      }
      guard node.operands.count == 2, let position = node.operands.firstIndex(of: value),
        let constant = graph.constant(node.operands[1 - position]), constant.isConcrete,
        graph.types[Int(node.firstResult)] == graph.types[Int(value)],
        let vector = Chain.columns(
          weights.elementType.isNarrowFloat ? constant.cast(to: .float32) : constant,
          of: graph.types[Int(value)].shape)
      else { return false }
      switch node.primitive {
      case is Multiply:
        scale = scale.map { $0 * vector } ?? vector
        shift = shift.map { $0 * vector }
      case is Divide where position == 0:
        scale = scale.map { $0 / vector } ?? 1 / vector
        shift = shift.map { $0 / vector }
      case is Add:
        shift = shift.map { $0 + vector } ?? vector
        summands += 1
      case is Subtract where position == 0:
        shift = shift.map { $0 - vector } ?? -vector
        summands += 1
      default: return false
      }
      return true
    }

    /// A constant as a vector over the last axis, if it is the same along all others.
    private static func columns(_ constant: Tensor, of shape: Shape) -> Tensor? {
      let columns = shape[-1]
      if constant.count == 1 { return constant.reshaped(to: []).broadcast(to: [columns]) }
      guard constant.count == columns, constant.shape[-1] == columns else { return nil }
      return constant.reshaped(to: [columns])
    }

    func scaledWeights(of product: any Primitive) -> Tensor {
      guard let scale else { return weights }
      if weights.elementType.isNarrowFloat {
        var wide = self
        wide.weights = weights.cast(to: .float32)
        return wide.scaledWeights(of: product).cast(to: weights.elementType)
      }
      if let product = product as? MatrixProduct, product.transposesRight {
        return weights * scale.reshaped(to: [scale.count, 1])
      }
      return weights * scale
    }
  }
}
