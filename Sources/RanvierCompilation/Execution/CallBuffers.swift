internal import RanvierTensors
internal import Synchronization

/// The lists that a call of a compiled function fills, kept for the next call.
struct CallBuffers: Sendable {
  /// The memory of arguments and results, which a call lets go of when it ends.
  var inputs: [Storage] = []
  var outputs: [Storage] = []
  var structure: [TreeStructure] = []

  /// Lets go of everything but the lists' own memory, which must have this one owner.
  mutating func clear() {
    inputs.removeAll(keepingCapacity: true)
    outputs.removeAll(keepingCapacity: true)
    structure.removeAll(keepingCapacity: true)
  }

  /// Lists that no call uses at the moment; calls on several threads have lists of their own.
  final class Pool: Sendable {
    private let idle = Mutex<[CallBuffers]>([])

    func take() -> CallBuffers { idle.withLock { $0.popLast() } ?? CallBuffers() }

    /// Takes lists that have been cleared.
    func giveBack(_ buffers: CallBuffers) { idle.withLock { $0.append(buffers) } }
  }
}
