import Ranvier

/// Calling a compiled function of tensors over and over, perhaps with the gradients of its operands.
struct TensorsRun: WorkloadRun {
  let exported: Parameters
  private let function: CompiledFunction<[Tensor], [Tensor]>
  private let operands: [Tensor]
  private let isRandom: Bool

  init(_ row: FunctionRow, withGradients: Bool) {
    let key = RandomKey(seed: 1)
    var exported = Parameters()
    var operands: [Tensor] = []
    for operand in row.operands {
      let value = operand.value(key.derived(operand.name))
      exported[(operand.isConstant ? "inputs/" : "parameters/") + operand.name] = value
      operands.append(value)
    }
    let body = row.function
    if withGradients {
      // Another cotangent than ones, of which some work could be left out.
      let shape = body(operands).shape
      let cotangent = key.derived("cotangent").normal(shape)
      exported["inputs/cotangent"] = cotangent
      let leaves = row.operands.indices.filter { !row.operands[$0].isConstant }
      function = compile { (operands: [Tensor]) in
        let given = operands
        let (value, pullback) = valueWithPullback(at: leaves.map { given[$0] }) { point in
          var operands = given
          for (leaf, tensor) in zip(leaves, point) { operands[leaf] = tensor }
          return body(operands)
        }
        return [value] + pullback(given[given.count - 1])
      }
      operands.append(cotangent)
    } else {
      function = compile { (operands: [Tensor]) in [body(operands)] }
    }
    self.exported = exported
    isRandom = row.isRandom
    self.operands = operands
  }

  mutating func reset() {}

  mutating func step() throws { _ = try function(operands) }

  mutating func results() throws -> [Double] {
    isRandom ? [] : try function(operands).flatMap { $0.sampled() }
  }

  func plan() throws -> Plan { try function.plan(for: operands) }

  mutating func runPlan() throws { try step() }
}
