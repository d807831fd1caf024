package import RanvierTensors

/// Takes sums of products over the steps of a loop out of it: one product over all steps.
///
/// A recurrent layer's kernel gradient adds `transposed(state) * gradient` in every step. The states
/// and gradients of all steps below each other, multiplied once, give the same sum; the loop then
/// collects gradients instead of carrying the sum.
package enum LoopSums {
  package static func run(_ traced: Graph) -> Graph {
    let graph = simplifyingBodies(traced)
    let hasSums = graph.nodes.contains { node in
      (node.primitive as? ScanLoop).map { !sums(of: $0).isEmpty } ?? false
    }
    guard hasSums else { return graph }
    let result = GraphRewriter.rewrite(graph) { rewriter, _, node, operands in
      let types = graph.resultTypes(of: node)
      guard let loop = node.primitive as? ScanLoop else {
        return rewriter.append(node.primitive, operands, types: types, like: node)
      }
      let sums = sums(of: loop)
      guard !sums.isEmpty else {
        return rewriter.append(loop, operands, types: types, like: node)
      }
      return replace(loop, sums, operands, like: node, &rewriter)
    }
    return Simplification.run(result)
  }

  /// Products in bodies take in the transpositions of their operands.
  private static func simplifyingBodies(_ graph: Graph) -> Graph {
    guard graph.nodes.contains(where: { $0.primitive is ScanLoop }) else { return graph }
    return GraphRewriter.rewrite(graph) { rewriter, _, node, operands in
      let types = graph.resultTypes(of: node)
      guard let loop = node.primitive as? ScanLoop else {
        return rewriter.append(node.primitive, operands, types: types, like: node)
      }
      let body = Program(Simplification.run(loop.body.graph))
      return rewriter.append(loop.replacingBody(body), operands, types: types, like: node)
    }
  }

  /// A carried value that is nothing but a sum of products.
  private struct ProductSum {
    /// Which carried value.
    var carry: Int
    /// The operands of each step's product; the first is transposed.
    var left: Graph.ValueID
    var right: Graph.ValueID
  }

  private static func sums(of loop: ScanLoop) -> [ProductSum] {
    let body = loop.body.graph
    let consumers = body.consumers
    return (0 ..< loop.carryCount).compactMap { carry in
      let (before, after) = (body.inputs[carry], body.outputs[carry])
      guard let add = body.node(of: after), add.primitive is Add,
        let position = add.operands.firstIndex(of: before),
        consumers[Int(before)].count == 1, consumers[Int(after)].isEmpty,
        body.outputs.filter({ $0 == after || $0 == before }).count == 1
      else { return nil }
      let term = add.operands[1 - position]
      guard term != before, consumers[Int(term)].count == 1, !body.outputs.contains(term),
        body.types[Int(term)] == body.types[Int(after)],
        let node = body.node(of: term), let product = node.primitive as? MatrixProduct,
        product.transposesLeft, !product.transposesRight,
        node.operands.allSatisfy({
          body.types[Int($0)].shape.rank == 2 && isOfEachStep($0, loop)
        })
      else { return nil }
      return ProductSum(carry: carry, left: node.operands[0], right: node.operands[1])
    }
  }

  /// Whether a value can differ from step to step.
  private static func isOfEachStep(_ value: Graph.ValueID, _ loop: ScanLoop) -> Bool {
    switch loop.body.graph.sources[Int(value)] {
    case .constant: false
    case .input(let index): index < loop.carryCount + loop.elementCount
    case .node: true
    }
  }

  /// Appends the loop without the sums, and the products after it.
  private static func replace(
    _ loop: ScanLoop, _ sums: [ProductSum], _ operands: [Graph.ValueID], like node: Graph.Node,
    _ rewriter: inout GraphRewriter
  ) -> [Graph.ValueID] {
    let body = loop.body.graph
    let removed = Set(sums.map(\.carry))
    let kept = (0 ..< loop.carryCount).filter { !removed.contains($0) }
    let wanted = sums.flatMap { [$0.left, $0.right] }
    // What is an element of the loop or one of its outputs is there for all steps already.
    var collected = Array(body.outputs.dropFirst(loop.carryCount))
    for value in wanted where element(value, loop) == nil && !collected.contains(value) {
      collected.append(value)
    }
    let outputs = kept.map { body.outputs[$0] } + collected
    let smaller = ScanLoop(
      Program(body.returning(outputs, withoutInputs: removed)), carryCount: kept.count,
      elementCount: loop.elementCount, length: loop.length, isReversed: loop.isReversed)
    let loopOperands = operands.indices.filter { !removed.contains($0) }.map { operands[$0] }
    let types = outputs.enumerated().map { index, value in
      index < kept.count
        ? body.types[Int(value)] : body.types[Int(value)].stacked(loop.length)
    }
    let results = rewriter.append(smaller, loopOperands, types: types, like: node)

    func allSteps(_ value: Graph.ValueID) -> Graph.ValueID {
      let source =
        element(value, loop).map { operands[$0] }
        ?? results[kept.count + (collected.firstIndex(of: value) ?? 0)]
      let type = body.types[Int(value)]
      let rows = Shape([loop.length * type.shape[0], type.shape[1]])
      return rewriter.append(
        Reshape(to: rows), [source], types: [TensorType(type.elementType, rows)], like: node)[0]
    }
    var carried = [Graph.ValueID](repeating: -1, count: loop.carryCount)
    for (index, carry) in kept.enumerated() { carried[carry] = results[index] }
    for sum in sums {
      let type = body.types[Int(body.outputs[sum.carry])]
      let product = rewriter.append(
        MatrixProduct(transposesLeft: true), [allSteps(sum.left), allSteps(sum.right)],
        types: [type], like: node)[0]
      let start = operands[sum.carry]
      let isZero = rewriter.result.constant(start).map(\.isZero) ?? false
      carried[sum.carry] =
        isZero ? product : rewriter.append(Add(), [start, product], types: [type], like: node)[0]
    }
    let ownOutputs = body.outputs.count - loop.carryCount
    return carried + results[kept.count ..< kept.count + ownOutputs]
  }

  /// The loop's operand that a value is an element of.
  private static func element(_ value: Graph.ValueID, _ loop: ScanLoop) -> Int? {
    guard case .input(let index) = loop.body.graph.sources[Int(value)],
      (loop.carryCount ..< loop.carryCount + loop.elementCount).contains(index)
    else { return nil }
    return index
  }
}

extension Graph {
  /// The graph with other outputs, and without inputs that those do not depend on.
  fileprivate func returning(_ outputs: [ValueID], withoutInputs removed: Set<Int>) -> Graph {
    var source = self
    source.outputs = outputs
    let live = source.liveNodes
    var result = Graph()
    var mapping = [ValueID](repeating: -1, count: valueCount)
    for value in 0 ..< valueCount {
      switch sources[value] {
      case .input(let index):
        if !removed.contains(index) { mapping[value] = result.appendInput(types[value]) }
      case .constant(let tensor): mapping[value] = result.appendConstant(tensor)
      case .node(let index, result: 0):
        guard live[Int(index)] else { continue }
        let node = nodes[Int(index)]
        let new = result.appendNode(
          node.primitive, operands: node.operands.map { mapping[Int($0)] },
          resultTypes: resultTypes(of: node), scope: result.scopeIndex(scopes[Int(node.scope)]))
        for (old, id) in zip(node.results, new.results) { mapping[Int(old)] = id }
      case .node: break
      }
    }
    result.outputs = outputs.map { mapping[Int($0)] }
    return result
  }
}

extension Tensor {
  /// Whether all bytes are zero.
  fileprivate var isZero: Bool {
    isConcrete && withUnsafeBytes { bytes in bytes.allSatisfy { $0 == 0 } }
  }
}
