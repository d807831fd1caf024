internal import CKernels
internal import Foundation
package import RanvierTensors
internal import Synchronization

/// A program ready to run: instructions in order, with a place in memory for every value.
///
/// A plan may run on several threads at once; each run uses a context of its own (arena, pointers,
/// kernels), and contexts are kept for the next run.
public final class Plan: Sendable {
  /// The graph after all passes.
  package let graph: Graph
  package let memory: MemoryPlan
  /// The nodes that are executed, in order.
  private let instructions: [Instruction]
  /// The plans of loops' bodies and branches.
  private let programs: [Program: Plan]
  /// Constant operands of nodes in the layouts of their kernels.
  let packed: [Int: PackedOperand]
  private let stable: Range<Int>
  private let idle: Mutex<[PlanContext]>
  private let measurements = Mutex<Measurements?>(nil)

  /// A constant operand in its kernel's own layout.
  struct PackedOperand: Sendable {
    var position: Int
    var storage: Storage
  }

  struct Instruction: Sendable {
    var node: Int
    /// The position of the instruction's pointers in a context's table.
    var base: Int
    var operands: [Graph.ValueID]
    var results: [Graph.ValueID]
  }

  /// Compiles a traced graph.
  ///
  /// - Parameter donated: Pairs of an input and the output that should replace it in its memory.
  /// - Parameter stable: The inputs that are the same for many runs of the plan as a part of another.
  /// - Parameter passes: What is done to the graph, and to the programs that it holds.
  package init(
    _ traced: Graph, donated: [(input: Int, output: Int)] = [], stable: Range<Int> = 0 ..< 0,
    passes: PassList = .enabled
  ) {
    let graph = passes.run(traced) { pass, graph in
      assert(graph.verify() == nil, "\(pass.name): \(graph.verify() ?? "")")
    }
    let programs = Plan.programs(of: graph, passes)
    let kernels = Plan.makeKernels(graph, programs, stable)
    self.stable = stable
    self.graph = graph
    self.programs = programs
    memory = MemoryPlan(graph, kernels: kernels, donated: donated)
    var base = 0
    instructions = graph.nodes.indices.compactMap { index in
      let node = graph.nodes[index]
      if node.primitive is Reshape { return nil }
      defer { base += node.operands.count + Int(node.resultCount) + 1 }
      return Instruction(
        node: index, base: base, operands: node.operands, results: Array(node.results))
    }
    packed = Plan.pack(graph, kernels)
    idle = Mutex([])
    let context = PlanContext(self, instructions, kernels: kernels)
    idle.withLock { $0.append(context) }
    if let dump = ProcessInfo.processInfo.environment["RANVIER_DUMP"] {
      let parts = dump.split(separator: ",")
      if parts.contains("trace") { print(traced) }
      if parts.contains("graph") { print(graph) }
      if parts.contains("plan") { print(self) }
    }
  }

  /// The plans of the programs that the nodes hold.
  private static func programs(of graph: Graph, _ passes: PassList) -> [Program: Plan] {
    var plans: [Program: Plan] = [:]
    for node in graph.nodes {
      guard let primitive = node.primitive as? any ControlFlowPrimitive else { continue }
      for program in primitive.programs where plans[program] == nil {
        plans[program] = Plan(program.graph, stable: primitive.stableInputs, passes: passes)
      }
    }
    return plans
  }

  private static func makeKernels(
    _ graph: Graph, _ programs: [Program: Plan], _ stable: Range<Int>
  ) -> [Kernel?] {
    func isConstant(_ value: Graph.ValueID) -> Bool {
      switch graph.sources[Int(value)] {
      case .constant: true
      case .input(let index): stable.contains(index)
      case .node: false
      }
    }
    return graph.nodes.map { node in
      let operands = node.operands.map { graph.types[Int($0)] }
      let results = graph.resultTypes(of: node)
      if let primitive = node.primitive as? any ControlFlowPrimitive {
        return primitive.makeKernel(
          operands, results, programs: primitive.programs.compactMap { programs[$0]?.makeKernel() })
      }
      if node.primitive is Reshape { return nil }
      let constants = node.operands.indices.filter { isConstant(node.operands[$0]) }
      return node.primitive.makeKernel(operands, results, constants: Set(constants))
    }
  }

  /// Lays constant operands out as the kernels want them, once for all runs.
  private static func pack(_ graph: Graph, _ kernels: [Kernel?]) -> [Int: PackedOperand] {
    var packed: [Int: PackedOperand] = [:]
    for (index, kernel) in kernels.enumerated() {
      guard let packing = kernel?.packing,
        let plain = graph.constant(graph.nodes[index].operands[packing.operand])?.concreteStorage
      else { continue }
      let storage = Storage(byteCount: packing.byteCount)
      withExtendedLifetime(plain) { packing.pack(plain.address, storage.address) }
      packed[index] = PackedOperand(position: packing.operand, storage: storage)
    }
    return packed
  }

  /// The plan as a part of another: a kernel on the pointers of its inputs and outputs, with
  /// intermediate memory of its own.
  private func makeKernel() -> Kernel {
    let context = PlanContext(
      self, instructions, kernels: Plan.makeKernels(graph, programs, stable))
    let text = instructions.count == 1 ? "1 instruction" : "\(instructions.count) instructions"
    var kernel = Kernel(text) { [self] arguments in
      withExtendedLifetime(self) { context.run(arguments) }
    }
    if context.hasStablePackings { kernel.prologue = { context.pack($0) } }
    return kernel
  }

  /// The types of the results.
  package var outputTypes: [TensorType] { graph.outputs.map { graph.types[Int($0)] } }

  /// Runs the plan; inputs that were donated and have no other owner lend their memory to outputs.
  package func run(_ inputs: inout [Storage]) -> [Storage] {
    var outputs: [Storage] = []
    run(&inputs, into: &outputs)
    return outputs
  }

  /// Runs the plan and appends the outputs to an empty list.
  func run(_ inputs: inout [Storage], into outputs: inout [Storage]) {
    let context =
      idle.withLock { $0.popLast() }
      ?? PlanContext(self, instructions, kernels: Plan.makeKernels(graph, programs, stable))
    outputs.reserveCapacity(graph.outputs.count)
    for index in graph.outputs.indices {
      if let donor = memory.donations[index], isKnownUniquelyReferenced(&inputs[donor]) {
        outputs.append(inputs[donor])
      } else {
        outputs.append(context.storage(ofOutput: index))
      }
    }
    context.bind(inputs, outputs)
    ck_prepare_thread()
    var run = measurements.withLock { $0?.newRun() }
    run == nil ? context.run() : context.run(measuring: &run)
    for (output, value) in memory.copies {
      let source = context.address(of: value, inputs, outputs)
      if source != outputs[output].address {
        outputs[output].address.copyMemory(
          from: source, byteCount: graph.types[Int(value)].byteCount)
      }
    }
    if let run { measurements.withLock { $0?.add(run) } }
    idle.withLock { $0.append(context) }
  }
}

// MARK: - Printing and profiling

extension Plan: CustomStringConvertible {
  /// One line an instruction, with the places of its operands and results.
  public var description: String {
    func place(_ value: Graph.ValueID) -> String {
      switch memory.locations[Int(value)] {
      case .input(let index): "input \(index)"
      case .constant: "constant %\(value)"
      case .arena(let offset): "@\(offset)"
      case .output(let index): "output \(index)"
      case nil: "?"
      }
    }
    let kernels = Plan.makeKernels(graph, programs, stable)
    var lines = instructions.flatMap { instruction -> [String] in
      let node = graph.nodes[instruction.node]
      let results = node.results.map { "\(place($0)): \(graph.types[Int($0)])" }
      let operands = node.operands.map(place)
      let kernel = kernels[instruction.node]?.implementation ?? ""
      let scope = node.scope == 0 ? "" : "   // \(graph.scopes[Int(node.scope)])"
      let line =
        results.joined(separator: ", ") + " = \(node.primitive) "
        + operands.joined(separator: ", ") + " [\(kernel)]" + scope
      // What a loop or a branch carries out follows, indented.
      let inner = (node.primitive as? any ControlFlowPrimitive)?.programs ?? []
      return [line]
        + inner.flatMap { program in
          (programs[program]?.description ?? "").split(separator: "\n").map { "  | \($0)" }
        }
    }
    lines += memory.copies.map { "output \($0.output) = copy of \(place($0.value))" }
    let donated = memory.donations.compactMap(\.self).count
    lines.append(
      "\(instructions.count) instructions, arena of \(memory.arenaBytes) bytes, \(donated) outputs in place of inputs"
    )
    return lines.joined(separator: "\n")
  }

  /// Starts to measure each instruction, forgetting earlier measurements.
  public func startProfiling() {
    measurements.withLock { $0 = Measurements(count: instructions.count) }
  }

  /// Stops measuring; ``profile`` forgets what was measured.
  public func stopProfiling() { measurements.withLock { $0 = nil } }

  /// What was measured since ``startProfiling()``.
  public var profile: Profile {
    guard let measurements = measurements.withLock({ $0 }) else { return Profile() }
    let kernels = Plan.makeKernels(graph, programs, stable)
    let profiled = instructions.enumerated().map { index, instruction in
      Profile.Instruction(
        graph, graph.nodes[instruction.node], kernels[instruction.node]?.implementation ?? "",
        calls: measurements.runs, seconds: measurements.seconds[index],
        lastSpan: measurements.lastRun.map { $0.spans[index] })
    }
    return Profile(
      calls: measurements.runs, seconds: measurements.wholeSeconds,
      lastSpan: measurements.lastRun?.whole, instructions: profiled)
  }
}
