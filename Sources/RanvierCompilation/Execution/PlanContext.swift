internal import RanvierTensors

/// What one run of a plan needs for itself: memory for intermediates, the pointer table, and
/// kernels.
///
/// Unchecked `Sendable`: a context is used by one run at a time.
final class PlanContext: @unchecked Sendable {
  private let arena: Storage
  private let scratch: Storage
  private let table: UnsafeMutablePointer<UnsafeMutableRawPointer>
  private let entries: Int
  private let bodies: [(base: Int, body: @Sendable (KernelArguments) -> Void)]
  /// The positions in the table that change from run to run.
  private let inputPositions: [[Int]]
  private let outputPositions: [[Int]]
  /// What is copied to outputs when everything else is done.
  private let copies: [Copy]
  private let plan: Unowned
  /// Inputs that are the same for many runs, in the layouts of the kernels that read them.
  private let stablePackings: [StablePacking]

  /// The last run's small outputs, such as a loss, whose memory is used again if nobody has kept it.
  ///
  /// Outputs that replace inputs are not among them, since their owner must be the only one.
  private var smallOutputs: [Storage?]
  private let outputBytes: [Int]
  private let canReuseOutput: [Bool]
  private static let smallOutputBytes = 4096

  private struct StablePacking {
    var input: Int
    var storage: Storage
    var pack: @Sendable (UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Void
  }

  private struct Copy {
    enum Source {
      case input(Int)
      case output(Int)
      case memory(UnsafeMutableRawPointer)
    }
    var output: Int
    var source: Source
    var byteCount: Int
  }

  /// The plan outlives its contexts, which it owns.
  private struct Unowned { unowned let plan: Plan }

  init(_ plan: Plan, _ instructions: [Plan.Instruction], kernels: [Kernel?]) {
    let graph = plan.graph
    let memory = plan.memory
    self.plan = Unowned(plan: plan)
    let outputBytes = graph.outputs.map { graph.types[Int($0)].byteCount }
    self.outputBytes = outputBytes
    smallOutputs = outputBytes.map { _ in nil }
    canReuseOutput = outputBytes.indices.map {
      memory.donations[$0] == nil && outputBytes[$0] <= PlanContext.smallOutputBytes
    }
    arena = Storage(byteCount: memory.arenaBytes)
    scratch = Storage(byteCount: kernels.reduce(0) { max($0, $1?.scratchBytes ?? 0) })
    entries =
      (instructions.last.map { $0.base + $0.operands.count + $0.results.count + 1 } ?? 0) + 1
    table = .allocate(capacity: entries)
    table.initialize(repeating: arena.address, count: entries)
    var inputPositions = [[Int]](repeating: [], count: graph.inputs.count)
    var outputPositions = [[Int]](repeating: [], count: graph.outputs.count)
    var stablePackings: [StablePacking] = []
    var bodies: [(Int, @Sendable (KernelArguments) -> Void)] = []
    for instruction in instructions {
      for (offset, value) in (instruction.operands + instruction.results).enumerated() {
        let position = instruction.base + offset
        if let packed = plan.packed[instruction.node], packed.position == offset {
          table[position] = packed.storage.address
          continue
        }
        if let packing = kernels[instruction.node]?.packing, packing.operand == offset,
          case .input(let index) = memory.locations[Int(value)]
        {
          let storage = Storage(byteCount: packing.byteCount)
          table[position] = storage.address
          stablePackings.append(
            StablePacking(input: index, storage: storage, pack: packing.pack))
          continue
        }
        switch memory.locations[Int(value)] {
        case .input(let index): inputPositions[index].append(position)
        case .output(let index): outputPositions[index].append(position)
        case .arena(let bytes): table[position] = arena.address + bytes
        case .constant(let id):
          if let storage = graph.constant(id)?.concreteStorage { table[position] = storage.address }
        case nil: break
        }
      }
      table[instruction.base + instruction.operands.count + instruction.results.count] =
        scratch.address
      if let kernel = kernels[instruction.node] { bodies.append((instruction.base, kernel.body)) }
    }
    let arena = arena
    copies = memory.copies.map { output, value in
      let source: Copy.Source =
        switch memory.locations[Int(value)] {
        case .input(let index): .input(index)
        case .output(let index): .output(index)
        case .arena(let offset): .memory(arena.address + offset)
        case .constant(let id):
          .memory(graph.constant(id)?.concreteStorage?.address ?? arena.address)
        case nil: .memory(arena.address)
        }
      return Copy(
        output: output, source: source, byteCount: graph.types[Int(value)].byteCount)
    }
    self.bodies = bodies
    self.stablePackings = stablePackings
    self.inputPositions = inputPositions
    self.outputPositions = outputPositions
  }

  deinit { table.deallocate() }

  /// Enters the addresses of this run's inputs and outputs.
  func bind(_ inputs: [Storage], _ outputs: [Storage]) {
    for (index, storage) in inputs.enumerated() {
      for position in inputPositions[index] { table[position] = storage.address }
    }
    for (index, storage) in outputs.enumerated() {
      for position in outputPositions[index] { table[position] = storage.address }
    }
  }

  /// Memory for an output.
  func storage(ofOutput index: Int) -> Storage {
    guard canReuseOutput[index] else { return Storage(byteCount: outputBytes[index]) }
    if isKnownUniquelyReferenced(&smallOutputs[index]), let known = smallOutputs[index] {
      return known
    }
    let new = Storage(byteCount: outputBytes[index])
    smallOutputs[index] = new
    return new
  }

  var hasStablePackings: Bool { !stablePackings.isEmpty }

  /// Lays out what the runs to come share.
  func pack(_ arguments: KernelArguments) {
    for packing in stablePackings {
      packing.pack(arguments[packing.input], packing.storage.address)
    }
  }

  /// Runs as a part of another plan, on the pointers of inputs and outputs.
  func run(_ arguments: KernelArguments) {
    let inputCount = inputPositions.count
    for index in 0 ..< inputCount {
      for position in inputPositions[index] { table[position] = arguments[index] }
    }
    for index in outputPositions.indices {
      for position in outputPositions[index] { table[position] = arguments[inputCount + index] }
    }
    run()
    for copy in copies {
      let source =
        switch copy.source {
        case .input(let index): arguments[index]
        case .output(let index): arguments[inputCount + index]
        case .memory(let address): address
        }
      let target = arguments[inputCount + copy.output]
      if source != target { target.copyMemory(from: source, byteCount: copy.byteCount) }
    }
  }

  func run() {
    for (base, body) in bodies { body(KernelArguments(base: table + base)) }
  }

  /// Runs, noting when each instruction starts and ends.
  func run(measuring run: inout Measurements.Run?) {
    for (index, (base, body)) in bodies.enumerated() {
      let start = Measurements.now()
      body(KernelArguments(base: table + base))
      run?.spans[index] = .init(start: start, end: Measurements.now())
    }
  }

  /// The address of a value during this run.
  func address(
    of value: Graph.ValueID, _ inputs: [Storage], _ outputs: [Storage]
  ) -> UnsafeMutableRawPointer {
    switch plan.plan.memory.locations[Int(value)] {
    case .input(let index): inputs[index].address
    case .output(let index): outputs[index].address
    case .arena(let offset): arena.address + offset
    case .constant(let id):
      plan.plan.graph.constant(id)?.concreteStorage?.address ?? arena.address
    case nil: arena.address
    }
  }
}
