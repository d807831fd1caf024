internal import Synchronization

/// A recording of operations on tensors.
///
/// A trace either only records (`compile`), or also computes each operation at once (eager
/// derivatives, which may therefore branch on values). The body of a loop or of a branch is a nested
/// recording: what it uses of enclosing recordings becomes an additional input of it.
package final class Trace: Sendable {
  package struct State: Sendable {
    package var graph = Graph()
    /// The memory of each value while computing eagerly.
    package var storages: [Storage?] = []
    package var isOpen = true
    package var scope: Int32 = 0
    /// Ids of concrete tensors that have been captured, so that each becomes one constant.
    var captured: [ObjectIdentifier: Graph.ValueID] = [:]
    /// Values of enclosing recordings that became inputs, in order.
    var enclosing: [Tensor] = []
    var enclosingIDs: [EnclosingKey: Graph.ValueID] = [:]
  }

  /// A value of another trace.
  struct EnclosingKey: Hashable {
    let trace: ObjectIdentifier
    let id: Graph.ValueID
  }

  /// Whether operations are carried out as they are recorded.
  package let computes: Bool
  /// Whether values of other recordings may be used, which become inputs.
  package let isNested: Bool
  /// Traces are numbered in the order of their making: a nested one has a larger number than those
  /// around it.
  package let number: Int
  private let state: Mutex<State>

  private static let lastNumber = Atomic<Int>(0)

  /// Creates an empty recording, or one that goes on with the program of another.
  package init(computes: Bool, isNested: Bool = false, graph: Graph = Graph()) {
    self.computes = computes
    self.isNested = isNested
    number = Trace.lastNumber.add(1, ordering: .relaxed).newValue
    state = Mutex(
      State(graph: graph, storages: [Storage?](repeating: nil, count: graph.valueCount)))
  }

  /// The trace of the innermost function that is being compiled or differentiated.
  @TaskLocal package static var current: Trace?

  package func withState<R: Sendable>(_ body: (inout sending State) -> sending R) -> R {
    state.withLock(body)
  }

  package var isOpen: Bool { state.withLock { $0.isOpen } }

  package var graph: Graph { state.withLock { $0.graph } }

  /// The number of values recorded so far.
  package var valueCount: Int { state.withLock { $0.graph.valueCount } }

  /// Ends the recording and returns the graph; tensors of this trace that escaped it become invalid
  /// unless their elements are known.
  package func close() -> Graph {
    state.withLock { state in
      let graph = state.graph
      state = State()
      state.isOpen = false
      return graph
    }
  }

  /// Adds an argument of the program.
  package func input(_ type: TensorType, storage: Storage? = nil) -> Tensor {
    let id = state.withLock {
      $0.storages.append(storage)
      return $0.graph.appendInput(type)
    }
    return Tensor(type, .traced(TracedValue(trace: self, id: id, storage: storage)))
  }

  /// The id of a tensor in this trace; a concrete tensor is recorded as a constant.
  package func id(of tensor: Tensor) -> Graph.ValueID {
    if case .traced(let value) = tensor.content {
      if value.trace === self { return value.id }
      if value.trace.isOpen { return id(ofEnclosing: tensor, value) }
    }
    let storage = tensor.requiredStorage("recording")
    return state.withLock {
      let key = ObjectIdentifier(storage)
      if let id = $0.captured[key], $0.graph.types[Int(id)] == tensor.type { return id }
      $0.storages.append(storage)
      let id = $0.graph.appendConstant(Tensor(tensor.type, storage: storage))
      $0.captured[key] = id
      return id
    }
  }

  /// The input that stands for a value of an enclosing recording.
  private func id(ofEnclosing tensor: Tensor, _ value: TracedValue) -> Graph.ValueID {
    state.withLock {
      let key = EnclosingKey(trace: ObjectIdentifier(value.trace), id: value.id)
      if let id = $0.enclosingIDs[key] { return id }
      $0.storages.append(nil)
      let id = $0.graph.appendInput(tensor.type)
      $0.enclosing.append(tensor)
      $0.enclosingIDs[key] = id
      return id
    }
  }

  /// The values of enclosing recordings that this one uses, in the order of their inputs.
  package var enclosing: [Tensor] { state.withLock { $0.enclosing } }

  /// The tensor of a value of this trace.
  package func tensor(_ id: Graph.ValueID) -> Tensor {
    let (type, storage) = state.withLock { ($0.graph.types[Int(id)], $0.storages[Int(id)]) }
    return Tensor(type, .traced(TracedValue(trace: self, id: id, storage: storage)))
  }

  /// Records a node and returns its results.
  ///
  /// - Parameter known: The results' memory, if they have been computed already.
  package func record(
    _ primitive: any Primitive, _ operands: [Tensor], _ resultTypes: [TensorType],
    known: [Storage]? = nil
  ) -> [Tensor] {
    let ids = operands.map { id(of: $0) }
    let storages: [Storage?] =
      known
      ?? (computes ? primitive.run(operands, resultTypes) : resultTypes.map { _ in nil })
    let first = state.withLock {
      $0.storages += storages
      return $0.graph.appendNode(
        primitive, operands: ids, resultTypes: resultTypes, scope: $0.scope
      ).firstResult
    }
    return resultTypes.enumerated().map { index, type in
      let id = first + Graph.ValueID(index)
      return Tensor(type, .traced(TracedValue(trace: self, id: id, storage: storages[index])))
    }
  }

  /// Forgets what was recorded after a number of values, which must be the end of a node.
  package func forget(after count: Int) {
    state.withLock {
      $0.graph.removeValues(from: count)
      $0.storages.removeSubrange(count...)
      $0.captured = $0.captured.filter { $0.value < count }
    }
  }

  /// Runs a closure whose operations belong to a named scope, usually a layer.
  package func withScope<R>(_ name: String, _ body: () throws -> R) rethrows -> R {
    try withScope(state.withLock { $0.graph.scopeIndex(name) }, body)
  }

  /// Runs a closure whose operations belong to a scope of the graph.
  package func withScope<R>(_ scope: Int32, _ body: () throws -> R) rethrows -> R {
    let outer = state.withLock {
      let outer = $0.scope
      $0.scope = scope
      return outer
    }
    defer { state.withLock { $0.scope = outer } }
    return try body()
  }
}

/// A value of a trace.
package struct TracedValue: Sendable {
  package let trace: Trace
  package let id: Graph.ValueID
  /// The elements, if the trace computes.
  package let storage: Storage?
}
