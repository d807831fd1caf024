internal import CKernels

/// How the steps of a loop run: alone, each over a whole block, or in chains.
///
/// A step alone reads its operands from the first-level cache and writes its result there, which takes
/// longer than an addition. A chain keeps a few vectors in registers through all of its steps. Values
/// of rows that only steps in chains read along the rows need not be repeated for them.
struct StepChains {
  /// What runs over a block before the next part does.
  enum Part {
    case step(Int)
    case chain(Chain)

    var chain: Chain? {
      if case .chain(let chain) = self { chain } else { nil }
    }

    /// The steps that are done.
    var steps: [Int] {
      switch self {
      case .step(let index): [index]
      case .chain(let chain): chain.steps
      }
    }
  }

  private(set) var parts: [Part] = []
  /// The values that each step reads: for values of rows, what they are repeated from.
  private(set) var reads: [[Int]]
  /// Whether a step's result is in a register of a block or an output.
  private(set) var isInMemory: [Bool]

  /// So many steps at most, to bound the room that a chain takes.
  private static let longest = 24

  /// - Parameter joins: Whether there are chains; if not, each step runs alone.
  init(_ loop: ElementLoop, joins: Bool = true) {
    reads = loop.steps.map(\.operands)
    isInMemory = loop.steps.map { _ in true }
    guard joins else {
      parts = loop.steps.indices.map { .step($0) }
      return
    }
    var readers = [[Int]](repeating: [], count: loop.inputs.count + loop.steps.count)
    for (index, step) in loop.steps.enumerated() {
      for operand in Set(step.operands) { readers[operand].append(index) }
    }
    let kinds = loop.steps.map(StepChains.lanes)
    let isSpread = loop.steps.indices.map { index in
      guard case .spread(let type) = loop.steps[index].operation, !loop.outputs.contains(index)
      else { return false }
      let own = readers[loop.inputs.count + index]
      return !own.isEmpty && own.allSatisfy { kinds[$0] == .size(type.byteCount) }
    }
    for (index, operands) in reads.enumerated() where kinds[index] != nil {
      reads[index] = operands.map { operand in
        let step = operand - loop.inputs.count
        return step >= 0 && isSpread[step] ? loop.steps[step].operands[0] : operand
      }
    }
    for index in isSpread.indices where isSpread[index] {
      isInMemory[index] = false
      reads[index] = []
    }

    var run: [Int] = []
    var size: Int?
    func readsRows(_ index: Int) -> Bool { reads[index] != loop.steps[index].operands }
    for index in loop.steps.indices where !isSpread[index] {
      var own: Int?
      if case .size(let lanes)? = kinds[index] { own = lanes }
      let continues =
        kinds[index] != nil && run.count < StepChains.longest
        && (own == nil || size == nil || own == size)
      if !continues {
        end()
      }
      if kinds[index] == nil {
        parts.append(.step(index))
      } else {
        run.append(index)
        size = size ?? own
      }
    }
    end()

    func end() {
      defer {
        run = []
        size = nil
      }
      guard let size, run.count > 1 || run.contains(where: readsRows) else {
        parts += run.map { .step($0) }
        return
      }
      let members = Set(run)
      for index in run {
        let own = readers[loop.inputs.count + index]
        isInMemory[index] = loop.outputs.contains(index) || !own.allSatisfy(members.contains)
      }
      parts.append(
        .chain(
          Chain(
            loop, steps: run, reads: reads, readers: readers, isInMemory: isInMemory,
            lanes: size == 8 ? .float64 : .float32)))
    }
  }

  /// The inputs of one element that only chains read: they take it as it is.
  func elementConstants(_ loop: ElementLoop) -> Set<Int> {
    let alone = parts.flatMap { $0.chain == nil ? $0.steps : [] }
    let blocks = Set(alone.flatMap { reads[$0] })
    return Set(
      loop.inputs.indices.filter {
        loop.isConstant($0) && loop.inputs[$0].elementType != .bool && !blocks.contains($0)
      })
  }

  /// The size of the elements of a step that chains can do.
  private enum Lanes: Equatable {
    case size(Int)
    /// Only truth values, which are of any size in a chain.
    case any
  }

  /// nil for what chains cannot do.
  private static func lanes(_ step: ElementLoop.Step) -> Lanes? {
    if step.isPerRow { return nil }
    switch step.operation {
    case .element(let code, let type):
      guard ck_link_operation(ck_op(code), type.ckType, 0) != 0 else { return nil }
      return type == .bool ? .any : .size(type.byteCount)
    case .cast(from: .bool, let type):
      return type == .float32 || type == .float64 ? .size(type.byteCount) : nil
    default: return nil
    }
  }
}
