internal import CKernels

// A step of an element loop reads its operands from the first-level cache and writes its result there,
// which takes longer than an addition. Joined steps take fewer such passes.
extension ElementLoop {
  /// The same loop with fewer passes: two operations of arithmetic, a comparison and a selection by
  /// it, or a product and its sum, in one step where nothing else needs the first one's result, and
  /// values of rows read where they would be spread along the rows.
  ///
  /// Results are the same to the last bit.
  package func joiningSteps() -> ElementLoop {
    var joining = StepJoining(self)
    joining.readRowValues()
    joining.joinChoices()
    joining.joinSumsOfProducts()
    joining.joinPairs()
    return joining.result()
  }
}

/// A loop whose steps are joined: they keep their numbers until the end.
private struct StepJoining {
  private let loop: ElementLoop
  /// The steps, without those that became parts of others.
  private var steps: [ElementLoop.Step?]
  /// How many operands and outputs each value is.
  private var readerCounts: [Int]

  init(_ loop: ElementLoop) {
    self.loop = loop
    steps = loop.steps
    readerCounts = [Int](repeating: 0, count: loop.inputs.count + loop.steps.count)
    for operand in loop.steps.flatMap(\.operands) { readerCounts[operand] += 1 }
    for output in loop.outputs { readerCounts[loop.inputs.count + output] += 1 }
  }

  /// The step that computes a value; nil for an input.
  private func step(of value: Int) -> Int? {
    value < loop.inputs.count ? nil : value - loop.inputs.count
  }

  /// A step's operation if it is one of arithmetic on two operands, element by element.
  private func arithmetic(_ step: ElementLoop.Step?) -> (code: UInt32, type: ElementType)? {
    guard let step, case .element(let code, let type) = step.operation,
      ElementLoop.isJoinable(code, type)
    else { return nil }
    return (code, type)
  }

  /// Where every reader of a spread value is arithmetic, the readers take the row's value itself.
  mutating func readRowValues() {
    for index in steps.indices {
      guard let spread = steps[index], case .spread = spread.operation else { continue }
      let value = loop.inputs.count + index
      let readers = steps.indices.filter { steps[$0]?.operands.contains(value) ?? false }
      let allTakeRows = readers.allSatisfy { reader in
        // Two spread operands would leave none that has the elements.
        guard arithmetic(steps[reader]) != nil, let operands = steps[reader]?.operands else {
          return false
        }
        return operands.count { $0 == value } == 1
      }
      guard allTakeRows, readers.count == readerCounts[value] else { continue }
      for reader in readers {
        guard let step = steps[reader], let (code, type) = arithmetic(step) else { continue }
        let isFirst = step.operands[0] == value
        steps[reader] = ElementLoop.Step(
          .rowOperand(code, rowFirst: isFirst, type),
          operands: [step.operands[isFirst ? 1 : 0], spread.operands[0]],
          resultType: step.resultType)
      }
      steps[index] = nil
    }
  }

  /// Whether a step alone reads another's result, and may take over the other's operands.
  private func mayMove(_ earlier: Int, to index: Int) -> Bool {
    // The operands of the earlier step are read later then: before that, no output may take the place
    // of one of them.
    readerCounts[loop.inputs.count + earlier] == 1
      && !loop.outputs.contains { earlier < $0 && $0 < index }
  }

  /// Joins each selection with the comparison whose result it alone reads.
  mutating func joinChoices() {
    for index in steps.indices {
      guard let selection = steps[index], case .element(let code, let chosen) = selection.operation,
        code == CK_OP_SELECT.rawValue, let earlier = step(of: selection.operands[0]),
        let comparison = steps[earlier],
        case .element(let operation, let compared) = comparison.operation,
        ElementLoop.isChoice(operation, compared: compared, chosen: chosen),
        comparison.isPerRow == selection.isPerRow, mayMove(earlier, to: index)
      else { continue }
      steps[index] = ElementLoop.Step(
        .choice(operation, compared: compared, chosen: chosen),
        operands: comparison.operands + selection.operands[1...],
        resultType: selection.resultType, isPerRow: selection.isPerRow)
      steps[earlier] = nil
    }
  }

  /// Joins each sum along rows with the multiplication whose result it alone reads.
  mutating func joinSumsOfProducts() {
    for index in steps.indices {
      guard let sum = steps[index], case .reduce(let code, let type) = sum.operation,
        code == CK_REDUCE_SUM.rawValue, let earlier = step(of: sum.operands[0]),
        let product = steps[earlier], case .element(let operation, _) = product.operation,
        operation == CK_OP_MULTIPLY.rawValue,
        ElementLoop.sumsProducts(type, rowLength: loop.rowLength), mayMove(earlier, to: index)
      else { continue }
      steps[index] = ElementLoop.Step(
        .sumOfProducts(type), operands: product.operands, resultType: type, isPerRow: true)
      steps[earlier] = nil
    }
  }

  /// Joins each operation of arithmetic with one whose result it alone reads.
  mutating func joinPairs() {
    for index in steps.indices {
      guard let second = steps[index], let (code, type) = arithmetic(second) else { continue }
      for position in [0, 1] {
        guard let earlier = step(of: second.operands[position]),
          let first = steps[earlier], let (firstCode, _) = arithmetic(first),
          first.isPerRow == second.isPerRow, mayMove(earlier, to: index)
        else { continue }
        steps[index] = ElementLoop.Step(
          .pair(firstCode, code, fromRight: position == 1, type),
          operands: first.operands + [second.operands[1 - position]],
          resultType: second.resultType, isPerRow: second.isPerRow)
        steps[earlier] = nil
        break
      }
    }
  }

  /// The loop with the steps that are left.
  func result() -> ElementLoop {
    var places = [Int](0 ..< loop.inputs.count + steps.count)
    var left: [ElementLoop.Step] = []
    for (index, step) in steps.enumerated() {
      guard var step else { continue }
      step.operands = step.operands.map { places[$0] }
      places[loop.inputs.count + index] = loop.inputs.count + left.count
      left.append(step)
    }
    var result = loop
    result.steps = left
    result.outputs = loop.outputs.map { places[loop.inputs.count + $0] - loop.inputs.count }
    return result
  }
}
