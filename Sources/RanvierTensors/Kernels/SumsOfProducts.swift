internal import CKernels

extension ElementLoop {
  /// The same loop with sums along rows of products that nothing else reads as one step each, which
  /// keeps the products in registers.
  ///
  /// Results are the same to the last bit.
  package func joiningSumsOfProducts() -> ElementLoop {
    var readerCounts = [Int](repeating: 0, count: inputs.count + steps.count)
    for operand in steps.flatMap(\.operands) { readerCounts[operand] += 1 }
    for output in outputs { readerCounts[inputs.count + output] += 1 }
    var joined: [Step?] = steps
    for (index, sum) in steps.enumerated() {
      guard case .reduce(CK_REDUCE_SUM.rawValue, let type) = sum.operation,
        case let product = sum.operands[0] - inputs.count, product >= 0,
        case .element(CK_OP_MULTIPLY.rawValue, _) = steps[product].operation,
        readerCounts[sum.operands[0]] == 1,
        ck_sum_of_products_kernel(type.ckType, rowLength) != nil,
        // The operands are read later then: before that, no output may take the place of one.
        !outputs.contains(where: { product < $0 && $0 < index })
      else { continue }
      joined[index] = Step(
        .sumOfProducts(type), operands: steps[product].operands, resultType: type, isPerRow: true)
      joined[product] = nil
    }
    return keeping(joined)
  }

  /// The loop with the steps that are left.
  private func keeping(_ left: [Step?]) -> ElementLoop {
    var places = Array(0 ..< inputs.count + steps.count)
    var result = self
    result.steps = []
    for (index, step) in left.enumerated() {
      guard var step else { continue }
      step.operands = step.operands.map { places[$0] }
      places[inputs.count + index] = inputs.count + result.steps.count
      result.steps.append(step)
    }
    result.outputs = outputs.map { places[inputs.count + $0] - inputs.count }
    return result
  }
}
