package import RanvierTensors

/// Removes what needs not be computed: dead code, repeated expressions, operations on constants,
/// and identities.
package enum Simplification {
  /// Results of operations on constants are computed ahead if they have at most this many elements,
  /// or no more than their operands.
  private static let largestFoldedCount = 1 << 16

  package static func run(_ graph: Graph) -> Graph {
    var known: [Key: [Graph.ValueID]] = [:]
    return GraphRewriter.rewrite(graph) { rewriter, _, node, operands in
      var node = node
      var operands = operands
      let types = graph.resultTypes(of: node)
      if let replacement = simplify(&node, &operands, types, rewriter.result) {
        return [replacement]
      }
      let key = Key(primitive: node.primitive, operands: operands)
      if let results = known[key] { return results }
      if let folded = fold(node, operands, types, rewriter.result) {
        let results = folded.map { rewriter.constant($0) }
        known[key] = results
        return results
      }
      let results = rewriter.append(node.primitive, operands, types: types, like: node)
      known[key] = results
      return results
    }.withoutDeadNodes()
  }

  private struct Key: Hashable {
    let primitive: any Primitive
    let operands: [Graph.ValueID]

    static func == (first: Key, second: Key) -> Bool {
      first.operands == second.operands && first.primitive.isEqual(to: second.primitive)
    }

    func hash(into hasher: inout Hasher) {
      primitive.hash(into: &hasher)
      hasher.combine(operands)
    }
  }

  /// The results, if all operands are constants and the results are small.
  private static func fold(
    _ node: Graph.Node, _ operands: [Graph.ValueID], _ types: [TensorType], _ graph: Graph
  ) -> [Tensor]? {
    if node.primitive is any ControlFlowPrimitive { return nil }
    // Results of large constants may be as large: they take their place.
    let largest = operands.reduce(largestFoldedCount) { max($0, graph.types[Int($1)].shape.count) }
    guard types.allSatisfy({ $0.shape.count <= largest }) else { return nil }
    var tensors: [Tensor] = []
    for operand in operands {
      guard let tensor = graph.constant(operand) else { return nil }
      tensors.append(tensor)
    }
    let results = applyAll(node.primitive, tensors)
    return results.allSatisfy(\.isConcrete) ? results : nil
  }

  /// Rewrites a node in place where a simpler form exists; returns the value it equals where
  /// nothing is left to do.
  private static func simplify(
    _ node: inout Graph.Node, _ operands: inout [Graph.ValueID], _ types: [TensorType],
    _ graph: Graph
  ) -> Graph.ValueID? {
    func type(_ id: Graph.ValueID) -> TensorType { graph.types[Int(id)] }
    func isConstant(_ id: Graph.ValueID, _ value: Double) -> Bool {
      guard let tensor = graph.constant(id), tensor.count == 1 else { return false }
      return tensor.scalar(as: Double.self) == value
    }
    /// The other operand, if it already has the result's type.
    func other(_ position: Int) -> Graph.ValueID? {
      type(operands[position]) == types[0] ? operands[position] : nil
    }

    // Summing over axes of size 1 only takes them away.
    if let sum = node.primitive as? Sum, sum.axes.allSatisfy({ type(operands[0]).shape[$0] == 1 }) {
      node.primitive = Reshape(to: types[0].shape)
    }
    switch node.primitive {
    case is Alias, is StopGradient: return operands[0]
    case is Reshape:
      if let inner = graph.node(of: operands[0]), inner.primitive is Reshape {
        operands = inner.operands
      }
      if type(operands[0]) == types[0] { return operands[0] }
    case let transpose as Transpose:
      if let inner = graph.node(of: operands[0]), let first = inner.primitive as? Transpose {
        let permutation = transpose.permutation.map { first.permutation[$0] }
        if permutation == Array(permutation.indices) { return inner.operands[0] }
        node.primitive = Transpose(permutation: permutation)
        operands = inner.operands
      }
    case let slice as Slice:
      if let inner = graph.node(of: operands[0]), let first = inner.primitive as? Slice {
        node.primitive = first.followed(by: slice)
        operands = inner.operands
      }
      if type(operands[0]) == types[0] { return operands[0] }
    case is Add:
      if isConstant(operands[1], 0), let same = other(0) { return same }
      if isConstant(operands[0], 0), let same = other(1) { return same }
    case is Subtract:
      if isConstant(operands[1], 0), let same = other(0) { return same }
    case is Multiply:
      if isConstant(operands[1], 1), let same = other(0) { return same }
      if isConstant(operands[0], 1), let same = other(1) { return same }
    case is Divide:
      if isConstant(operands[1], 1), let same = other(0) { return same }
    case is Power:
      if isConstant(operands[1], 1), let same = other(0) { return same }
      if isConstant(operands[1], 2), type(operands[0]).shape == types[0].shape {
        node.primitive = Multiply()
        operands = [operands[0], operands[0]]
      }
    case let product as MatrixProduct: absorbTransposes(product, &node, &operands, graph)
    default: break
    }
    if node.primitive is any ElementwisePrimitive {
      absorbBroadcasts(node, &operands, types[0], graph)
    }
    return nil
  }

  /// Element-wise operations broadcast by themselves: operands need not be repeated first.
  private static func absorbBroadcasts(
    _ node: Graph.Node, _ operands: inout [Graph.ValueID], _ type: TensorType, _ graph: Graph
  ) {
    for position in operands.indices {
      guard let inner = graph.node(of: operands[position]), inner.primitive is Broadcast else {
        continue
      }
      var candidate = operands
      candidate[position] = inner.operands[0]
      let types = try? node.primitive.resultTypes(of: candidate.map { graph.types[Int($0)] })
      if types?.first == type { operands = candidate }
    }
  }

  /// Products read transposed matrices where they lie.
  private static func absorbTransposes(
    _ product: MatrixProduct, _ node: inout Graph.Node, _ operands: inout [Graph.ValueID],
    _ graph: Graph
  ) {
    var flips = [product.transposesLeft, product.transposesRight]
    for position in 0 ..< 2 {
      guard let inner = graph.node(of: operands[position]),
        let transpose = inner.primitive as? Transpose
      else { continue }
      let rank = transpose.permutation.count
      let exchanged = Array(0 ..< rank - 2) + [rank - 1, rank - 2]
      if transpose.permutation == exchanged {
        flips[position].toggle()
        operands[position] = inner.operands[0]
      }
    }
    node.primitive = MatrixProduct(transposesLeft: flips[0], transposesRight: flips[1])
  }
}

extension Graph {
  /// The tensor of a constant value.
  package func constant(_ id: ValueID) -> Tensor? {
    if case .constant(let tensor) = sources[Int(id)] { tensor } else { nil }
  }
}
