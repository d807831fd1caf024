extension Trace {
  /// Cotangents of some values, given those of others: reverse-mode differentiation of what has been recorded.
  ///
  /// The result is recorded in the same trace, so it can be differentiated again. Values that do not depend on `inputs` are constants.
  package func cotangents(
    of inputs: [Tensor], outputs: [Tensor], outputCotangents: [Tensor]
  ) -> [Tensor] {
    let inputIDs = inputs.map { id(of: $0) }
    let outputIDs = outputs.map { id(of: $0) }
    let recorded = graph
    guard let first = inputIDs.min(), let last = outputIDs.max(), last >= first else {
      return inputs.map { Tensor.zeros($0.shape, elementType: $0.elementType) }
    }

    // Only values between the first input and the last output can matter: a window keeps nested derivatives in loops linear.
    let base = Int(first)
    let window = Int(last) - base + 1
    var dependsOnInputs = [Bool](repeating: false, count: window)
    for id in inputIDs where Int(id) - base < window { dependsOnInputs[Int(id) - base] = true }
    let nodes = recorded.nodeIndices(from: first, through: last)
    for index in nodes {
      let node = recorded.nodes[index]
      let depends = node.operands.contains { $0 >= first && dependsOnInputs[Int($0) - base] }
      if depends {
        for result in node.results where Int(result) - base < window {
          dependsOnInputs[Int(result) - base] =
            recorded.types[Int(result)].elementType.isFloatingPoint
        }
      }
    }

    var cotangents = [Tensor?](repeating: nil, count: window)
    func accumulate(_ cotangent: Tensor, at id: Graph.ValueID) {
      let position = Int(id) - base
      guard position >= 0, dependsOnInputs[position] else { return }
      cotangents[position] = cotangents[position].map { $0 + cotangent } ?? cotangent
    }
    for (id, cotangent) in zip(outputIDs, outputCotangents) where id >= first {
      accumulate(cotangent, at: id)
    }
    let inputSet = Set(inputIDs)
    for index in nodes.reversed() {
      let node = recorded.nodes[index]
      let results = node.results.filter { $0 <= last }
      guard results.contains(where: { cotangents[Int($0) - base] != nil }) else { continue }
      let isNeeded = node.operands.map { $0 >= first && dependsOnInputs[Int($0) - base] }
      guard isNeeded.contains(true) else { continue }
      let application = Application(
        operands: node.operands.map { tensor($0) },
        results: node.results.map { tensor($0) },
        cotangents: node.results.map { result in
          let known = result <= last ? cotangents[Int(result) - base] : nil
          let type = recorded.types[Int(result)]
          return known ?? Tensor.zeros(type.shape, elementType: type.elementType)
        },
        isNeeded: isNeeded)
      // Intermediate cotangents are not needed any more; inputs keep theirs.
      for result in results where !inputSet.contains(result) { cotangents[Int(result) - base] = nil }
      let scope = recorded.scopes[Int(node.scope)]
      let products = withScope(scope) { node.primitive.pullback(application) }
      for (operand, product) in zip(node.operands, products) {
        if let product, operand >= first { accumulate(product, at: operand) }
      }
    }
    return zip(inputs, inputIDs).map { input, id in
      let position = Int(id) - base
      let known = position < window ? cotangents[position] : nil
      return known ?? Tensor.zeros(input.shape, elementType: input.elementType)
    }
  }
}

extension Graph {
  /// The nodes whose results lie between two values, in order.
  fileprivate func nodeIndices(from first: ValueID, through last: ValueID) -> Range<Int> {
    // Nodes are ordered by their first result, so both ends are found by bisection.
    func firstIndex(atOrAfter id: ValueID) -> Int {
      var low = 0
      var high = nodes.count
      while low < high {
        let middle = (low + high) / 2
        if nodes[middle].results.upperBound <= id { low = middle + 1 } else { high = middle }
      }
      return low
    }
    let start = firstIndex(atOrAfter: first)
    return start ..< Swift.max(start, firstIndex(atOrAfter: last + 1))
  }
}
