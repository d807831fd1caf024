internal import CKernels

/// Steps of an element loop as a list of links, which run on a few vectors of elements before they go
/// on to the next: each changes what these hold.
struct Chain {
  enum Operand: Equatable {
    /// The elements of a value.
    case value(Int)
    /// An input's only element.
    case constant(Int)
    /// A value that has one element for each row.
    case row(Int)
    /// What an earlier link has put aside.
    case slot(Int)
  }

  struct Link: Equatable {
    /// The operation's number in the C kernels.
    var operation: Int
    var operands: [Operand]
  }

  /// `float32` or `float64`: the size of its elements.
  let lanes: ElementType
  let steps: [Int]
  private(set) var links: [Link] = []
  private(set) var slotCount = 0
  /// Of an element, in additions.
  private(set) var cost = 0

  /// - Parameters:
  ///   - reads: The values that each step of the loop reads.
  ///   - readers: The steps that read each value.
  ///   - isInMemory: Whether a step's result is written for others.
  init(
    _ loop: ElementLoop, steps: [Int], reads: [[Int]], readers: [[Int]], isInMemory: [Bool],
    lanes: ElementType
  ) {
    self.lanes = lanes
    self.steps = steps
    var writer = LinkWriter(loop, steps: steps, reads: reads, isInMemory: isInMemory)
    for position in steps.indices { writer.write(position) }
    links = writer.links
    slotCount = writer.slotCount
    for index in steps {
      if case .element(let code, _) = loop.steps[index].operation {
        cost += Int(ck_op_cost(ck_op(code)))
      } else {
        cost += 1
      }
    }
  }
}

/// Writes the links of a chain, step by step.
private struct LinkWriter {
  private let loop: ElementLoop
  private let steps: [Int]
  private let reads: [[Int]]
  private let isInMemory: [Bool]
  /// The position in the chain of the last step that reads a value.
  private var lastReads: [Int: Int] = [:]
  /// Where values are, of those that are not the elements of memory.
  private var slots: [Int: Int] = [:]
  private var freeSlots: [Int] = []
  /// The value that the vectors hold.
  private var held: Int?
  private(set) var slotCount = 0
  private(set) var links: [Chain.Link] = []

  init(_ loop: ElementLoop, steps: [Int], reads: [[Int]], isInMemory: [Bool]) {
    self.loop = loop
    self.steps = steps
    self.reads = reads
    self.isInMemory = isInMemory
    for (position, index) in steps.enumerated() {
      for value in reads[index] { lastReads[value] = position }
    }
    // Truth values are bytes in memory: they are widened before anything else is held.
    let own = Set(steps.map { loop.inputs.count + $0 })
    for value in steps.flatMap({ reads[$0] })
    where loop.elementType(of: value) == .bool && !own.contains(value) && slots[value] == nil {
      append(CK_LINK_LOAD_TRUTH, [.value(value)])
      putAside(value)
    }
  }

  private mutating func append(_ operation: Int, _ operands: [Chain.Operand]) {
    links.append(Chain.Link(operation: operation, operands: operands))
  }

  private mutating func putAside(_ value: Int) {
    let slot = freeSlots.popLast() ?? slotCount
    slotCount = max(slotCount, slot + 1)
    slots[value] = slot
    append(CK_LINK_STORE, [.slot(slot)])
  }

  /// Where a step reads a value that is not held.
  private func place(_ value: Int, of step: ElementLoop.Step) -> Chain.Operand {
    if let slot = slots[value] { return .slot(slot) }
    if isPerRow(value) { return .row(value) }
    return value < loop.inputs.count && loop.isConstant(value) ? .constant(value) : .value(value)
  }

  private func isPerRow(_ value: Int) -> Bool {
    value < loop.inputs.count
      ? loop.rowInputs.contains(value) : loop.steps[value - loop.inputs.count].isPerRow
  }

  /// Writes the links of the step at a position.
  mutating func write(_ position: Int) {
    let index = steps[position]
    let step = loop.steps[index]
    let operands = reads[index]
    let places = operands.map { place($0, of: step) }
    // What is held if it is an operand, else elements: constants and slots are as near as they get.
    let first =
      operands.firstIndex { $0 == held }
      ?? places.firstIndex { if case .value = $0 { true } else { false } } ?? 0
    if operands[first] != held { append(CK_LINK_LOAD, [places[first]]) }
    var others = places
    others.remove(at: first)
    if isSquare(step, operands) {
      append(CK_LINK_SQUARE, [])
    } else if case .element(let code, let type) = step.operation {
      append(Int(ck_link_operation(ck_op(code), type.ckType, Int32(first))), others)
    } else {
      append(CK_LINK_TRUTH_AS_NUMBER, [])
    }
    for value in Set(operands).sorted() where lastReads[value] == position {
      if let slot = slots.removeValue(forKey: value) { freeSlots.append(slot) }
    }

    let result = loop.inputs.count + index
    held = result
    let isTruth = step.resultType == .bool
    if isInMemory[index] {
      append(isTruth ? CK_LINK_STORE_TRUTH : CK_LINK_STORE, [.value(result)])
    }
    guard let lastRead = lastReads[result], isTruth || !isInMemory[index] else { return }
    // The next step takes what is held, once.
    let next = position + 1 < steps.count ? steps[position + 1] : index
    let isTwice = reads[next].count(where: { $0 == result }) > 1
    if lastRead > position + 1 || isTwice && !isSquare(loop.steps[next], reads[next]) {
      putAside(result)
    }
  }

  /// Whether a step multiplies a value by itself, which then need not be in two places.
  private func isSquare(_ step: ElementLoop.Step, _ operands: [Int]) -> Bool {
    guard case .element(CK_OP_MULTIPLY.rawValue, _) = step.operation else { return false }
    return operands[0] == operands[1]
  }
}
