package import RanvierTensors

/// Where each value of a graph lives while the plan runs.
package struct MemoryPlan: Sendable {
  /// A place in memory.
  package enum Location: Sendable, Hashable {
    case input(Int)
    case constant(Graph.ValueID)
    /// A byte offset into the plan's arena.
    case arena(Int)
    case output(Int)
  }

  /// The place of each value; views share the place of what they view.
  package private(set) var locations: [Location?]
  /// The arena's size in bytes.
  package private(set) var arenaBytes = 0
  /// Outputs that have to be copied from another place when everything else is done: (output,
  /// value).
  package private(set) var copies: [(output: Int, value: Graph.ValueID)] = []
  /// For each output, the donated input whose memory it may take over.
  package private(set) var donations: [Int?]

  /// Plans memory for nodes in the graph's order.
  ///
  /// - Parameter donated: Pairs of an input and the output that should replace it.
  package init(_ graph: Graph, kernels: [Kernel?], donated: [(input: Int, output: Int)]) {
    locations = [Location?](repeating: nil, count: graph.valueCount)
    donations = [Int?](repeating: nil, count: graph.outputs.count)
    let roots = MemoryPlan.roots(graph)
    let lastUse = MemoryPlan.lastUses(graph, roots)
    placeEnds(graph, roots)
    placeNodes(graph, kernels, roots, lastUse)
    for (input, output) in donated where isSafe(input, output, graph, kernels, roots, lastUse) {
      donations[output] = input
    }
    for value in 0 ..< graph.valueCount where roots[value] != value {
      locations[value] = locations[roots[value]]
    }
  }

  /// The value whose memory each value uses: itself, or what it reshapes.
  private static func roots(_ graph: Graph) -> [Int] {
    var roots = Array(0 ..< graph.valueCount)
    for node in graph.nodes where node.primitive is Reshape {
      roots[Int(node.firstResult)] = roots[Int(node.operands[0])]
    }
    return roots
  }

  /// The last node that reads each root's memory.
  private static func lastUses(_ graph: Graph, _ roots: [Int]) -> [Int] {
    var lastUse = [Int](repeating: -1, count: graph.valueCount)
    for (index, node) in graph.nodes.enumerated() {
      for operand in node.operands { lastUse[roots[Int(operand)]] = index }
    }
    return lastUse
  }

  /// Places inputs, constants and outputs.
  private mutating func placeEnds(_ graph: Graph, _ roots: [Int]) {
    for (index, value) in graph.inputs.enumerated() { locations[Int(value)] = .input(index) }
    for value in 0 ..< graph.valueCount {
      if case .constant = graph.sources[value] {
        locations[value] = .constant(Graph.ValueID(value))
      }
    }
    for (output, value) in graph.outputs.enumerated() {
      let root = roots[Int(value)]
      if locations[root] == nil {
        locations[root] = .output(output)
      } else {
        copies.append((output, value))
      }
    }
  }

  /// Places all other results in the arena, in order, reusing what is free and writing in place
  /// where kernels can.
  private mutating func placeNodes(
    _ graph: Graph, _ kernels: [Kernel?], _ roots: [Int], _ lastUse: [Int]
  ) {
    var arena = Arena()
    for (index, node) in graph.nodes.enumerated() where !(node.primitive is Reshape) {
      var takenOver: Set<Int> = []
      for (position, result) in node.results.enumerated() where locations[Int(result)] == nil {
        let size = graph.types[Int(result)].byteCount
        let reusable = kernels[index]?.inPlacePairs.first { pair in
          guard pair.result == position else { return false }
          let root = roots[Int(node.operands[pair.operand])]
          guard case .arena = locations[root], lastUse[root] == index, !takenOver.contains(root),
            graph.types[root].byteCount == size
          else { return false }
          return MemoryPlan.mayOverwrite(root, position, node, kernels[index], roots)
        }
        if let reusable {
          let root = roots[Int(node.operands[reusable.operand])]
          locations[Int(result)] = locations[root]
          takenOver.insert(root)
        } else {
          locations[Int(result)] = .arena(arena.allocate(size))
        }
      }
      let ending = Set(node.operands.map { roots[Int($0)] }).filter { lastUse[$0] == index }
      let unused = node.results.map { Int($0) }.filter { lastUse[$0] < 0 }
      // In a fixed order, so that equal programs have equal plans.
      for root in ending.subtracting(takenOver).union(unused).sorted() {
        if case .arena(let offset) = locations[root] {
          arena.free(offset, graph.types[root].byteCount)
        }
      }
    }
    arenaBytes = arena.size
  }

  /// Whether an output may be written over an input: whoever reads the input does so before, or in
  /// place.
  private func isSafe(
    _ input: Int, _ output: Int, _ graph: Graph, _ kernels: [Kernel?], _ roots: [Int],
    _ lastUse: [Int]
  ) -> Bool {
    let inputValue = graph.inputs[input]
    let outputValue = graph.outputs[output]
    let root = roots[Int(outputValue)]
    guard graph.types[Int(inputValue)].byteCount == graph.types[Int(outputValue)].byteCount else {
      return false
    }
    // An unchanged input is its own output.
    if root == Int(inputValue) {
      return graph.outputs.filter { roots[Int($0)] == root }.count == 1
    }
    // A copy at the end must not overwrite an input that another copy still reads.
    let isCopied = copies.contains { roots[Int($0.value)] == Int(inputValue) }
    guard locations[root] == .output(output), !isCopied,
      case .node(let writer, let result) = graph.sources[root]
    else { return false }
    let reader = lastUse[Int(inputValue)]
    if reader < Int(writer) { return true }
    guard reader == Int(writer) else { return false }
    return MemoryPlan.mayOverwrite(
      Int(inputValue), Int(result), graph.nodes[reader], kernels[reader], roots)
  }

  /// Whether a node may write a result over memory it reads: each of its operands there must allow
  /// it.
  private static func mayOverwrite(
    _ root: Int, _ result: Int, _ node: Graph.Node, _ kernel: Kernel?, _ roots: [Int]
  ) -> Bool {
    guard let kernel else { return false }
    return node.operands.indices.filter { roots[Int(node.operands[$0])] == root }.allSatisfy {
      kernel.inPlacePairs.contains(.init(operand: $0, result: result))
    }
  }
}

/// Assigns byte ranges: best fit from a list of free ranges, which merge when neighbours become
/// free.
private struct Arena {
  private(set) var size = 0
  private var free: [(offset: Int, size: Int)] = []

  private func rounded(_ bytes: Int) -> Int { max(64, (bytes + 63) & ~63) }

  mutating func allocate(_ bytes: Int) -> Int {
    let needed = rounded(bytes)
    let fitting = free.indices.filter { free[$0].size >= needed }
    if let best = fitting.min(by: { free[$0].size < free[$1].size }) {
      let offset = free[best].offset
      if free[best].size == needed {
        free.remove(at: best)
      } else {
        free[best] = (offset + needed, free[best].size - needed)
      }
      return offset
    }
    // The last free range is extended if it reaches the end.
    if let last = free.last, last.offset + last.size == size {
      free.removeLast()
      size = last.offset + needed
      return last.offset
    }
    defer { size += needed }
    return size
  }

  mutating func free(_ offset: Int, _ bytes: Int) {
    var range = (offset: offset, size: rounded(bytes))
    var position = free.firstIndex { $0.offset > offset } ?? free.count
    if position < free.count, range.offset + range.size == free[position].offset {
      range.size += free[position].size
      free.remove(at: position)
    }
    if position > 0, free[position - 1].offset + free[position - 1].size == range.offset {
      range = (free[position - 1].offset, free[position - 1].size + range.size)
      position -= 1
      free.remove(at: position)
    }
    free.insert(range, at: position)
  }
}
