/// A primitive that runs programs.
///
/// The programs arrive as kernels on the pointers of their inputs and outputs, so that a plan can
/// hand in compiled ones.
package protocol ControlFlowPrimitive: Primitive {
  /// The programs, in the order in which their kernels are handed in.
  var programs: [Program] { get }

  /// The inputs of the programs that are the same in many runs one after another, whose kernel is
  /// told so by its prologue.
  var stableInputs: Range<Int> { get }

  /// The kernel, given those of the programs.
  func makeKernel(_ operands: [TensorType], _ results: [TensorType], programs: [Kernel]) -> Kernel
}

extension ControlFlowPrimitive {
  package var stableInputs: Range<Int> { 0 ..< 0 }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    makeKernel(
      operands, results, programs: programs.map { $0.graph.makeInterpretingKernel() })
  }
}

/// Offsets of pieces of one block of scratch memory.
struct ScratchLayout {
  private(set) var byteCount = 0

  /// The offset of a new piece.
  mutating func append(_ bytes: Int) -> Int {
    defer { byteCount += (bytes + 63) & ~63 }
    return byteCount
  }

  /// The offset of a new table of pointers.
  mutating func appendTable(_ count: Int) -> Int {
    append(count * MemoryLayout<UnsafeMutableRawPointer>.size)
  }
}

extension UnsafeMutableRawPointer {
  /// The table of pointers at an offset.
  func table(at offset: Int, count: Int) -> UnsafeMutablePointer<UnsafeMutableRawPointer> {
    (self + offset).bindMemory(to: UnsafeMutableRawPointer.self, capacity: count)
  }
}

extension TensorTree {
  /// What two trees must have in common to stand for each other, in a form for comparison.
  var signature: (types: [TensorType], structure: [TreeStructure]) {
    var structure: [TreeStructure] = []
    appendStructure(to: &structure)
    return (tensors.map(\.type), structure)
  }
}

/// Checks that a function returned a tree like the one it got.
func requireSameStructure(
  _ got: some TensorTree, as expected: some TensorTree, operation: String, what: String,
  origin: String = "it was given"
) throws(OperationError) {
  if let error = got.tensors.lazy.compactMap(\.error).first { throw error }
  let (got, expected) = (got.signature, expected.signature)
  guard got != expected else { return }
  guard got.types.count == expected.types.count else {
    throw OperationError(
      operation: operation, rule: "\(what) of \(expected.types.count) tensors, as \(origin)",
      got: "one of \(got.types.count)")
  }
  for (index, (type, wanted)) in zip(got.types, expected.types).enumerated() where type != wanted {
    throw OperationError(
      operation: operation, rule: "\(what) of the types \(origin) (\(wanted))",
      got: "\(type)" + (got.types.count > 1 ? " as tensor \(index)" : ""),
      hint: type.shape == wanted.shape ? "convert with cast(to:)" : "")
  }
  throw OperationError(
    operation: operation, rule: "\(what) of the structure \(origin)",
    got: "other names, counts or options")
}

extension Trace {
  /// Whether functions called now only describe computations, so that values cannot be looked at.
  static var isRecording: Bool {
    guard let trace = current, trace.isOpen else { return false }
    return !trace.computes
  }
}
