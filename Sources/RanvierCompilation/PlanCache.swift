internal import RanvierTensors
internal import Synchronization

/// The arguments of a call as a flat list of tensors.
struct Arguments {
  private(set) var tensors: [Tensor] = []
  private(set) var structure: [TreeStructure] = []

  mutating func append(_ tree: some TensorTree) {
    tree.forEachTensor { tensors.append($0) }
    tree.appendStructure(to: &structure)
  }

  /// Whether a tensor belongs to a recording that is going on.
  var areTraced: Bool { tensors.contains { $0.openTrace != nil } }

  /// The memory of all tensors; the list itself gives up its references.
  mutating func takeStorages() throws -> [Storage] {
    var storages: [Storage] = []
    storages.reserveCapacity(tensors.count)
    for tensor in tensors {
      if let error = tensor.error { throw error }
      guard let storage = tensor.concreteStorage else {
        throw OperationError(
          operation: "a compiled function", rule: "arguments that are known",
          got: "a \(tensor.type) that was kept from a function after its compilation",
          hint: "return the value from the compiled function instead")
      }
      storages.append(storage)
    }
    tensors = []
    return storages
  }
}

/// Collects the memory of arguments while comparing them with those a plan was made for: the usual
/// case, without detours.
struct ArgumentMatcher {
  /// What has been collected, for a run.
  var buffers: CallBuffers
  private let types: [TensorType]
  private var matches = true

  init(_ types: [TensorType], _ buffers: consuming CallBuffers) {
    self.types = types
    self.buffers = buffers
  }

  mutating func append(_ tree: some TensorTree) {
    tree.forEachTensor { tensor in
      guard matches, buffers.inputs.count < types.count,
        case .concrete(let storage) = tensor.content, tensor.type == types[buffers.inputs.count]
      else {
        matches = false
        return
      }
      buffers.inputs.append(storage)
    }
    tree.appendStructure(to: &buffers.structure)
  }

  /// Whether all arguments were appended and fit.
  func isComplete(_ expected: [TreeStructure]) -> Bool {
    matches && buffers.inputs.count == types.count && buffers.structure == expected
  }
}

/// Hands out the variables of a recording in the order of the arguments.
final class Recording {
  let trace = Trace(computes: false)

  func variables<Tree: TensorTree>(for tree: Tree) -> Tree {
    tree.mapTensors { trace.input($0.type) }
  }
}

/// The plans of a compiled function, one for each set of shapes, types and structures.
final class PlanCache<Output: TensorTree>: Sendable {
  final class Entry: Sendable {
    let structure: [TreeStructure]
    let types: [TensorType]
    let plan: Plan
    /// The function's result with placeholders for its tensors.
    let template: Output
    /// The lists of calls.
    let pool = CallBuffers.Pool()
    private let outputTypes: [TensorType]

    init(structure: [TreeStructure], types: [TensorType], plan: Plan, template: Output) {
      self.structure = structure
      self.types = types
      self.plan = plan
      self.template = template
      outputTypes = plan.outputTypes
    }

    func matches(_ arguments: Arguments) -> Bool {
      types.count == arguments.tensors.count && structure == arguments.structure
        && zip(types, arguments.tensors).allSatisfy { $0 == $1.type }
    }

    /// The function's result with the tensors of a run.
    func output(_ storages: [Storage]) -> Output {
      var index = 0
      return output(template, storages, from: &index)
    }

    /// A part of the result with the tensors of a run from an index on, which moves behind them.
    func output<Part: TensorTree>(
      _ template: Part, _ storages: [Storage], from index: inout Int
    ) -> Part {
      template.mapTensors { _ in
        defer { index += 1 }
        return tensor(index, storages)
      }
    }

    /// A tensor of a run.
    func tensor(_ index: Int, _ storages: [Storage]) -> Tensor {
      Tensor(outputTypes[index], storage: storages[index])
    }
  }

  private struct Entries {
    var all: [Entry] = []
    var latest: Entry?
  }

  private let entries = Mutex(Entries())

  /// The entry that was made last, which most calls want.
  var latest: Entry? { entries.withLock { $0.latest } }

  /// Functions called with endlessly many shapes forget the oldest.
  private let capacity = 64

  /// The entry for arguments, recorded if there is none yet.
  ///
  /// - Parameter count: How many arguments from the first on are replaced by as many results from
  ///   the first on.
  func entry(
    for arguments: Arguments, donatesFirst count: Int, record: (Recording) throws -> Output
  ) throws -> Entry {
    if let known = entries.withLock({ $0.all.first { $0.matches(arguments) } }) { return known }
    for tensor in arguments.tensors { _ = try tensor.validated() }
    let recording = Recording()
    let output = try Trace.$current.withValue(recording.trace) { try record(recording) }
    let results = output.tensors
    for tensor in results { _ = try tensor.validated() }
    let ids = results.map { recording.trace.id(of: $0) }
    var graph = recording.trace.close()
    graph.outputs = ids
    let donated = (0 ..< min(count, results.count)).map { (input: $0, output: $0) }
    let entry = Entry(
      structure: arguments.structure, types: arguments.tensors.map(\.type),
      plan: Plan(graph, donated: donated), template: output.mapTensors { _ in Placeholder.tensor })
    entries.withLock {
      if $0.all.count >= capacity { $0.all.removeFirst() }
      $0.all.append(entry)
      $0.latest = entry
    }
    return entry
  }
}

/// What stands for tensors that are somewhere else for the moment.
enum Placeholder {
  static let tensor = Tensor(0, elementType: .float32)
}
