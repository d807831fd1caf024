internal import CKernels
package import RanvierTensors

/// Computes values again where they are read instead of writing them to memory, if that takes a few
/// steps of arithmetic and no more memory is read.
///
/// A normalization's derivative reads the normalized elements, which the forward pass would have to
/// write besides its result; from the layer's input they are two steps away.
package enum Rematerialization {
  /// Steps that computing a value again may take.
  private static let mostSteps = 3
  /// Elements of values that are not worth the trouble.
  private static let smallCount = 16384
  /// Operands with so many times fewer elements cost nothing to read.
  private static let muchSmaller = 16

  package static func run(_ graph: Graph) -> Graph {
    let regions = FusionRegions(graph, limits: .init())
    let plan = Plan(graph, regions)
    guard !plan.readers.isEmpty else { return graph }
    var copies: [Copy: Graph.ValueID] = [:]
    return GraphRewriter.rewrite(graph) { rewriter, index, node, operands in
      var operands = operands
      if let region = regions.region[index] {
        for (position, operand) in node.operands.enumerated()
        where plan.readers[operand]?.contains(region) ?? false {
          operands[position] = copy(of: operand, region)
        }
      }
      return rewriter.append(
        node.primitive, operands, types: graph.resultTypes(of: node), like: node)

      func copy(of value: Graph.ValueID, _ region: Int) -> Graph.ValueID {
        let key = Copy(value: value, region: region)
        if let known = copies[key] { return known }
        guard let source = graph.node(of: value) else { return rewriter.newID(value) }
        let operands = source.operands.map {
          plan.isKept($0, for: value) ? rewriter.newID($0) : copy(of: $0, region)
        }
        let result = rewriter.append(
          source.primitive, operands, types: graph.resultTypes(of: source), like: source)[0]
        copies[key] = result
        return result
      }
    }.withoutDeadNodes()
  }

  /// A value computed again for a region.
  private struct Copy: Hashable {
    var value: Graph.ValueID
    var region: Int
  }

  /// Which values are computed again, and where.
  private struct Plan {
    /// The regions that compute a value again.
    private(set) var readers: [Graph.ValueID: Set<Int>] = [:]
    private let graph: Graph
    private let regions: FusionRegions
    private let consumers: [[Int32]]
    private let outputs: Set<Graph.ValueID>

    init(_ graph: Graph, _ regions: FusionRegions) {
      self.graph = graph
      self.regions = regions
      consumers = graph.consumers
      outputs = Set(graph.outputs)
      for node in graph.nodes { visit(node.firstResult) }
    }

    private func count(_ value: Graph.ValueID) -> Int { graph.types[Int(value)].shape.count }

    /// Whether a step towards a value reads an operand instead of computing it as well.
    func isKept(_ operand: Graph.ValueID, for value: Graph.ValueID) -> Bool {
      count(operand) * muchSmaller <= count(value) || isInMemory(operand)
    }

    /// Whether a value is in memory wherever it is read.
    private func isInMemory(_ value: Graph.ValueID) -> Bool {
      guard case .node(let index, _) = graph.sources[Int(value)],
        let home = regions.region[Int(index)]
      else { return true }
      return readers[value] == nil && regions.isRead(value, outside: home)
    }

    private mutating func visit(_ value: Graph.ValueID) {
      guard count(value) >= smallCount, !outputs.contains(value),
        case .node(let index, _) = graph.sources[Int(value)],
        let home = regions.region[Int(index)]
      else { return }
      let outside = consumers[Int(value)].map { regions.region[Int($0)] }.filter { $0 != home }
      let others = Set(outside.compactMap { $0 })
      var steps = 0
      guard !others.isEmpty, outside.allSatisfy({ $0 != nil }),
        let operands = operands(of: value, &steps), steps <= mostSteps,
        others.allSatisfy({ reads(operands, insteadOf: value, $0) })
      else { return }
      readers[value] = others
    }

    /// What computing a value again reads; nil if it takes more than arithmetic.
    private func operands(of value: Graph.ValueID, _ steps: inout Int) -> [Graph.ValueID]? {
      steps += 1
      guard steps <= mostSteps, let node = graph.node(of: value),
        let primitive = node.primitive as? any ElementwisePrimitive,
        case .element(let code, _)? = primitive.loopOperation(
          node.operands.map { graph.types[Int($0)] }),
        ck_op_cost(ck_op(code)) == 1
      else { return nil }
      var result: [Graph.ValueID] = []
      for operand in node.operands {
        if isKept(operand, for: value) {
          result.append(operand)
        } else if let more = operands(of: operand, &steps) {
          result += more
        } else {
          return nil
        }
      }
      return result
    }

    /// Whether a region that reads operands instead of a value reads no more memory.
    private func reads(
      _ operands: [Graph.ValueID], insteadOf value: Graph.ValueID, _ index: Int
    ) -> Bool {
      let region = regions.regions[index]
      let type = graph.types[Int(value)]
      guard region.space == type.shape else { return false }
      let own = Set(region.members.flatMap { graph.nodes[$0].operands })
      let more = Set(operands).subtracting(own).map { graph.types[Int($0)].byteCount }
      return more.reduce(0, +) <= type.byteCount * (muchSmaller + 1) / muchSmaller
    }
  }
}
