package import RanvierTensors

/// Joins element-wise operations over one iteration space into regions that run as one loop over
/// their data.
///
/// Nodes are visited from the last to the first. A node joins the region of a consumer of equal
/// shape if all its other consumers come after that region's last node; a region runs where its
/// last node stands. So every dependency between regions points from an earlier to a later last
/// node, and joining can never close a cycle.
package enum Fusion {
  /// Limits of the element loops in C, with room to spare.
  private static let largestRegion = 64
  private static let mostBuffers = 48
  private static let mostRegisters = 32

  package static func run(_ graph: Graph) -> Graph {
    let regions = Regions(graph)
    if regions.members.allSatisfy({ $0.count < 2 }) { return graph }
    let isOutput = Set(graph.outputs)
    let consumers = graph.consumers

    return GraphRewriter.rewrite(graph) { rewriter, index, node, operands in
      let types = graph.resultTypes(of: node)
      guard let region = regions.region[index] else {
        return rewriter.append(node.primitive, operands, types: types, like: node)
      }
      let members = regions.members[region]
      // Members before the last are computed with it; nothing reads them earlier.
      guard index == members.last else { return types.map { _ in -1 } }
      if members.count == 1 {
        return rewriter.append(node.primitive, operands, types: types, like: node)
      }
      let inside = Set(members)
      let written = members.filter { member in
        let value = graph.nodes[member].firstResult
        return isOutput.contains(value)
          || consumers[Int(value)].contains { !inside.contains(Int($0)) }
      }
      let (loop, inputs) = buildLoop(graph, members: members, written: written)
      let fused = FusedElements(loop: loop, members: members.map { graph.nodes[$0].primitive })
      let results = rewriter.append(
        fused, inputs.map { rewriter.newID($0) },
        types: written.map { graph.types[Int(graph.nodes[$0].firstResult)] }, like: node)
      for (member, result) in zip(written, results) {
        rewriter.map(graph.nodes[member].firstResult, to: result)
      }
      return [rewriter.newID(node.firstResult)]
    }
  }

  /// The loop that computes a region, and the values it reads.
  private static func buildLoop(
    _ graph: Graph, members: [Int], written: [Int]
  ) -> (ElementLoop, [Graph.ValueID]) {
    let inside = Set(members.map { graph.nodes[$0].firstResult })
    var inputs: [Graph.ValueID] = []
    var positions: [Graph.ValueID: Int] = [:]
    // Keys are handed to their step as they are, not element by element, and are inputs of their
    // own.
    var keyPositions: [Graph.ValueID: Int] = [:]
    for member in members {
      let node = graph.nodes[member]
      for operand in node.operands {
        if node.primitive is RandomBits {
          guard keyPositions[operand] == nil else { continue }
          keyPositions[operand] = inputs.count
          inputs.append(operand)
        } else if !inside.contains(operand) && positions[operand] == nil {
          positions[operand] = inputs.count
          inputs.append(operand)
        }
      }
    }
    var steps: [ElementLoop.Step] = []
    for member in members {
      let node = graph.nodes[member]
      let types = node.operands.map { graph.types[Int($0)] }
      let operation: ElementLoop.Operation
      if let elementwise = node.primitive as? any ElementwisePrimitive,
        let loopOperation = elementwise.loopOperation(types)
      {
        operation = loopOperation
      } else {
        operation = .randomBits
      }
      let known = node.primitive is RandomBits ? keyPositions : positions
      positions[node.firstResult] = inputs.count + steps.count
      steps.append(
        ElementLoop.Step(
          operation, operands: node.operands.compactMap { known[$0] },
          resultType: graph.types[Int(node.firstResult)].elementType))
    }
    // Steps were numbered before all inputs were known only if inputs came first, which the two
    // loops above ensure.
    let loop = ElementLoop(
      shape: graph.types[Int(graph.nodes[members[0]].firstResult)].shape,
      inputs: inputs.map { graph.types[Int($0)] }, steps: steps,
      outputs: written.compactMap { member in members.firstIndex(of: member) })
    return (loop, inputs)
  }

  /// Which region each node belongs to.
  private struct Regions {
    /// The region of each node that can be fused.
    var region: [Int?]
    /// The nodes of each region in order.
    var members: [[Int]] = []

    init(_ graph: Graph) {
      region = [Int?](repeating: nil, count: graph.nodes.count)
      let consumers = graph.consumers
      var inputs: [Set<Graph.ValueID>] = []
      for index in graph.nodes.indices.reversed() {
        let node = graph.nodes[index]
        // Bits of several keys have no place in a loop, which reads one key.
        let isBits =
          node.primitive is RandomBits && graph.types[Int(node.operands[0])].shape.rank == 1
        guard node.primitive is any ElementwisePrimitive || isBits else { continue }
        let shape = graph.types[Int(node.firstResult)].shape
        let users = consumers[Int(node.firstResult)].map { Int($0) }
        // A key must be in memory before random bits are made from it.
        let isKey = users.contains { graph.nodes[$0].primitive is RandomBits }
        let candidates = Set(users.compactMap { region[$0] }).filter {
          !isKey && graph.types[Int(graph.nodes[members[$0][0]].firstResult)].shape == shape
        }
        // The earliest region is the one whose last node every other consumer may follow.
        let chosen = candidates.min { (members[$0].first ?? 0) < (members[$1].first ?? 0) }
        if let chosen, let last = members[chosen].first,
          users.allSatisfy({ region[$0] == chosen || $0 > last }),
          members[chosen].count < Fusion.largestRegion,
          inputs[chosen].union(node.operands).count < Fusion.mostBuffers - 16
        {
          region[index] = chosen
          members[chosen].append(index)
          inputs[chosen].formUnion(node.operands)
        } else {
          region[index] = members.count
          members.append([index])
          inputs.append(Set(node.operands))
        }
      }
      for position in members.indices { members[position].reverse() }
    }
  }
}

/// A region of element-wise operations as one node.
package struct FusedElements: Primitive {
  package let loop: ElementLoop
  /// The operations, for printing and for the reference evaluation.
  package let members: [any Primitive]

  package init(loop: ElementLoop, members: [any Primitive]) {
    self.loop = loop
    self.members = members
  }

  package var name: String { "fused" }
  package var description: String { "fused(" + members.map(\.name).joined(separator: ", ") + ")" }
  package var resultCount: Int { loop.outputs.count }

  package static func == (first: Self, second: Self) -> Bool { first.loop == second.loop }
  package func hash(into hasher: inout Hasher) { hasher.combine(loop) }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    loop.outputs.map { TensorType(loop.steps[$0].resultType, loop.shape) }
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    fatalError("regions are formed after derivatives")
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    fatalError("batches are formed before a plan is made")
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    var values = operands
    for (step, member) in zip(loop.steps, members) {
      let type = TensorType(step.resultType, loop.shape)
      values.append(member.evaluate(step.operands.map { values[$0] }, [type])[0])
    }
    return loop.outputs.map { values[operands.count + $0] }
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    loop.makeKernel()
  }

  package static var samples: [PrimitiveSample] { [] }
}
