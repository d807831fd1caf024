/// Which values of a loop are outputs and which share the few block-sized registers.
struct RegisterAssignment {
  private var locations: [Int]
  private(set) var count = 0

  init(_ loop: ElementLoop, _ chains: StepChains) {
    let inputCount = loop.inputs.count
    let valueCount = inputCount + loop.steps.count
    locations = [Int](0 ..< valueCount)
    var lastUse = [Int](repeating: -1, count: valueCount)
    for (index, reads) in chains.reads.enumerated() {
      for operand in reads { lastUse[operand] = index }
    }
    for (output, step) in loop.outputs.enumerated() {
      locations[inputCount + step] = inputCount + output
    }
    let isOutput = Set(loop.outputs)
    let firstRegister = inputCount + loop.outputs.count
    var free: [Int] = []
    // A step may write over an operand of the same element size, but not over one of another: a wider
    // element would run over operands that are still to be read. Free registers are taken in a fixed
    // order, so that a program always runs the same way.
    for part in chains.parts {
      // What a chain's steps read is read until the chain is through with its block.
      var left: [Int] = []
      for index in part.steps {
        let step = loop.steps[index]
        let ending = Set(chains.reads[index]).sorted().filter { operand in
          operand >= inputCount && lastUse[operand] == index
            && !isOutput.contains(operand - inputCount)
            && chains.isInMemory[operand - inputCount]
        }
        var overwritten = ending.filter {
          let operand = loop.steps[$0 - inputCount]
          return operand.resultType.byteCount == step.resultType.byteCount
            && operand.isPerRow == step.isPerRow
        }
        left += ending.filter { !overwritten.contains($0) }
        if !isOutput.contains(index), chains.isInMemory[index] {
          let taken = overwritten.popLast().map { locations[$0] - firstRegister }
          let register = taken ?? free.popLast() ?? count
          count = Swift.max(count, register + 1)
          locations[inputCount + index] = firstRegister + register
        }
        left += overwritten
      }
      free += left.map { locations[$0] - firstRegister }
    }
  }

  func location(of value: Int) -> Int { locations[value] }
}
