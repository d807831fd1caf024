import RanvierCompilation
import RanvierTensors
import Testing

/// Runs a plan's memory without its kernels: every place remembers which value was written there
/// last.
///
/// Lifetimes are not looked at; a plan is wrong if a node would read a place that has been
/// overwritten, or writes over what it reads where its kernel does not allow that.
struct MemorySimulation {
  private struct Place: Hashable {
    enum Block: Hashable { case arena, input(Int), output(Int), constant(Int32) }
    var block: Block
    var bytes: Range<Int>

    func overlaps(_ other: Place) -> Bool {
      block == other.block && (bytes.overlaps(other.bytes))
    }
  }

  private let graph: Graph
  private let memory: MemoryPlan
  private var contents: [(place: Place, root: Int)] = []
  private(set) var problems: [String] = []

  /// What is wrong with a plan's memory, if its donated inputs lend their memory.
  static func problems(of plan: Plan) -> [String] {
    var simulation = MemorySimulation(plan)
    simulation.run()
    return simulation.problems
  }

  private init(_ plan: Plan) {
    graph = plan.graph
    memory = plan.memory
  }

  private func place(of value: Graph.ValueID) -> Place {
    let bytes = graph.types[Int(value)].byteCount
    switch memory.locations[Int(value)] {
    case .arena(let offset): return Place(block: .arena, bytes: offset ..< offset + bytes)
    case .input(let index): return Place(block: .input(index), bytes: 0 ..< bytes)
    case .constant(let id): return Place(block: .constant(id), bytes: 0 ..< bytes)
    case .output(let index):
      let block = memory.donations[index].map { Place.Block.input($0) } ?? .output(index)
      return Place(block: block, bytes: 0 ..< bytes)
    case nil: return Place(block: .arena, bytes: 0 ..< 0)
    }
  }

  /// The value whose elements a value shows.
  private func root(_ value: Graph.ValueID) -> Int {
    guard let node = graph.node(of: value), node.primitive is Reshape else { return Int(value) }
    return root(node.operands[0])
  }

  private func holds(_ value: Graph.ValueID) -> Bool {
    let wanted = place(of: value)
    return wanted.bytes.isEmpty
      || contents.contains { $0.root == root(value) && $0.place == wanted }
  }

  private mutating func write(_ value: Graph.ValueID) {
    let target = place(of: value)
    contents.removeAll { $0.place.overlaps(target) }
    contents.append((target, root(value)))
  }

  private mutating func run() {
    for value in graph.inputs { write(value) }
    for value in 0 ..< Int32(graph.valueCount) {
      if case .constant = graph.sources[Int(value)] { write(value) }
    }
    for (index, node) in graph.nodes.enumerated() where !(node.primitive is Reshape) {
      for operand in node.operands where !holds(operand) {
        problems.append(
          "node \(index) (\(node.primitive)) reads %\(operand), which was overwritten")
      }
      check(node, index)
      for result in node.results { write(result) }
      for result in node.results where !holds(result) {
        problems.append("results of node \(index) (\(node.primitive)) overlap")
      }
    }
    var copied = Set<Int>()
    for (output, value) in memory.copies {
      copied.insert(output)
      if !holds(value) {
        problems.append("output \(output) is copied from %\(value), which was overwritten")
      }
      if let donor = memory.donations[output], root(value) != Int(graph.inputs[donor]) {
        problems.append("output \(output) is copied over input \(donor)")
      }
    }
    for (output, value) in graph.outputs.enumerated()
    where !copied.contains(output) && !holds(value) {
      problems.append("output \(output) was overwritten")
    }
  }

  private mutating func check(_ node: Graph.Node, _ index: Int) {
    let kernel = node.primitive.makeKernel(
      node.operands.map { graph.types[Int($0)] }, node.results.map { graph.types[Int($0)] })
    for (position, result) in node.results.enumerated() {
      let target = place(of: result)
      if case .arena = target.block, target.bytes.upperBound > memory.arenaBytes {
        problems.append("result of node \(index) ends after the arena")
      }
      if case .constant = target.block { problems.append("node \(index) writes a constant") }
      for (operand, value) in node.operands.enumerated() where place(of: value).overlaps(target) {
        if place(of: value) != target
          || !kernel.inPlacePairs.contains(.init(operand: operand, result: position))
        {
          problems.append("node \(index) (\(node.primitive)) writes over operand \(operand)")
        }
      }
    }
  }
}
