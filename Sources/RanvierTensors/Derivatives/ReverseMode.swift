extension Trace {
  /// Cotangents of some values, given those of others: reverse-mode differentiation of what has
  /// been recorded.
  ///
  /// The result is recorded in the same trace, so it can be differentiated again. Values that do
  /// not depend on `inputs` are constants.
  package func cotangents(
    of inputs: [Tensor], outputs: [Tensor], outputCotangents: [Tensor]
  ) -> [Tensor] {
    let inputIDs = inputs.map { id(of: $0) }
    let outputIDs = outputs.map { id(of: $0) }
    guard let first = inputIDs.min(), let last = outputIDs.max(), last >= first else {
      return inputs.map { Tensor.zeros($0.shape, elementType: $0.elementType) }
    }

    // Only values between the first input and the last output can matter. They are copied out,
    // because a copy of the graph would be shared with the trace, which then had to copy all of it
    // again to go on recording: nested derivatives in loops would take quadratic time.
    let recorded = withState { $0.graph.window(from: first, through: last) }
    var dependsOnInputs = [Bool](repeating: false, count: recorded.types.count)
    for id in inputIDs where id <= last { dependsOnInputs[Int(id - first)] = true }
    func depends(_ id: Graph.ValueID) -> Bool { id >= first && dependsOnInputs[Int(id - first)] }
    for node in recorded.nodes where node.operands.contains(where: depends) {
      for result in node.results where first <= result && result <= last {
        let position = Int(result - first)
        dependsOnInputs[position] = recorded.types[position].elementType.isFloatingPoint
      }
    }

    var cotangents = [Tensor?](repeating: nil, count: recorded.types.count)
    func accumulate(_ cotangent: Tensor, at id: Graph.ValueID) {
      guard depends(id) else { return }
      let position = Int(id - first)
      cotangents[position] = cotangents[position].map { $0 + cotangent } ?? cotangent
    }
    for (id, cotangent) in zip(outputIDs, outputCotangents) { accumulate(cotangent, at: id) }
    let inputSet = Set(inputIDs)
    for node in recorded.nodes.reversed() {
      let known = node.results.map { result in
        first <= result && result <= last ? cotangents[Int(result - first)] : nil
      }
      guard known.contains(where: { $0 != nil }) else { continue }
      let isNeeded = node.operands.map(depends)
      guard isNeeded.contains(true) else { continue }
      let results = node.results.map { tensor($0) }
      let application = Application(
        operands: node.operands.map { tensor($0) },
        results: results,
        cotangents: zip(known, results).map { cotangent, result in
          cotangent ?? Tensor.zeros(result.shape, elementType: result.elementType)
        },
        isUsed: known.map { $0 != nil }, isNeeded: isNeeded)
      // Intermediate cotangents are not needed any more; inputs keep theirs.
      for result in node.results where first <= result && result <= last {
        if !inputSet.contains(result) { cotangents[Int(result - first)] = nil }
      }
      let products = withScope(node.scope) { node.primitive.pullback(application) }
      for (operand, product) in zip(node.operands, products) {
        if let product { accumulate(product, at: operand) }
      }
    }
    return zip(inputs, inputIDs).map { input, id in
      let known = id <= last ? cotangents[Int(id - first)] : nil
      return known ?? Tensor.zeros(input.shape, elementType: input.elementType)
    }
  }
}

/// The part of a graph between two values.
private struct GraphWindow: Sendable {
  var nodes: [Graph.Node]
  /// The types of the values, beginning with the first.
  var types: [TensorType]
}

extension Graph {
  /// The values between two, and the nodes that have results among them, in order.
  fileprivate func window(from first: ValueID, through last: ValueID) -> GraphWindow {
    // Nodes are ordered by their results, so both ends are found by bisection.
    func firstIndex(endingAfter id: ValueID) -> Int {
      var low = 0
      var high = nodes.count
      while low < high {
        let middle = (low + high) / 2
        if nodes[middle].results.upperBound <= id { low = middle + 1 } else { high = middle }
      }
      return low
    }
    let start = firstIndex(endingAfter: first)
    // The last value may be one of several results of the last node.
    var end = Swift.max(start, firstIndex(endingAfter: last))
    if end < nodes.count, nodes[end].firstResult <= last { end += 1 }
    return GraphWindow(
      nodes: Array(nodes[start ..< end]), types: Array(types[Int(first) ... Int(last)]))
  }
}
