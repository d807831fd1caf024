extension ScanLoop {
  /// The derivative of a loop is a loop in the opposite direction.
  ///
  /// It carries the cotangents of the carried values, and the sums of those of the shared operands.
  /// What it needs of each step is collected by the loop itself: the program of the loop is extended
  /// by more outputs, and the compiler joins it with the loop that computes the others.
  package func pullback(_ application: Application) -> [Tensor?] {
    let types = body.inputTypes
    let outputTypes = body.outputTypes
    let carried = (0 ..< carryCount).filter { types[$0].elementType.isFloatingPoint }
    let elements = (carryCount ..< carryCount + elementCount).filter { application.isNeeded[$0] }
    let shared = (carryCount + elementCount ..< types.count).filter { application.isNeeded[$0] }
    let outputs = (carryCount ..< outputTypes.count).filter {
      outputTypes[$0].elementType.isFloatingPoint && application.isUsed[$0]
    }
    let linear = body.linearized(
      of: carried + outputs, withRespectTo: carried + elements + shared)
    let parts = linear.parts { inputIndex($0) >= carryCount + elementCount }
    let usedCarries = parts.inputs.filter { inputIndex($0) < carryCount }
    let usedElements = parts.inputs.filter {
      (carryCount ..< carryCount + elementCount).contains(inputIndex($0))
    }
    let usedShared = parts.inputs.filter { inputIndex($0) >= carryCount + elementCount }
    let savedIDs = usedCarries + parts.saved
    let saved = collected(savedIDs, application)

    // Each step takes the cotangents of the values after it and returns those before it.
    func type(_ id: Graph.ValueID) -> TensorType { linear.graph.types[Int(id)] }
    let carriedTypes = carried.map { types[$0] } + shared.map { types[$0] }
    let elementTypes =
      (savedIDs + usedElements).map(type) + outputs.map { outputTypes[$0] }
    let step = Program.recorded(carriedTypes + elementTypes + usedShared.map(type)) { inputs in
      var values: [Graph.ValueID: Tensor] = [:]
      for (id, tensor) in zip(linear.cotangentInputs.prefix(carried.count), inputs) {
        values[id] = tensor
      }
      let sums = inputs[carried.count ..< carriedTypes.count]
      let rest =
        savedIDs + usedElements + linear.cotangentInputs.dropFirst(carried.count) + usedShared
      for (id, tensor) in zip(rest, inputs[carriedTypes.count...]) { values[id] = tensor }
      let cotangents = linear.replay(parts.nodes, &values)
      let (before, after) = (carried.count, carried.count + elements.count)
      return cotangents[..<before] + zip(sums, cotangents[after...]).map { $0 + $1 }
        + cotangents[before ..< after]
    }

    let loop = ScanLoop(
      step, carryCount: carriedTypes.count, elementCount: elementTypes.count, length: length,
      isReversed: !isReversed)
    let initial =
      carried.map { application.cotangents[$0] }
      + shared.map { Tensor.zeros(types[$0].shape, elementType: types[$0].elementType) }
    func operand(_ id: Graph.ValueID) -> Tensor { application.operands[inputIndex(id)] }
    let results = applyAll(
      loop,
      initial + saved + usedElements.map(operand) + outputs.map { application.cotangents[$0] }
        + usedShared.map(operand))
    var cotangents = [Tensor?](repeating: nil, count: types.count)
    for (index, result) in zip(carried + shared + elements, results) { cotangents[index] = result }
    return cotangents
  }

  /// Which input of the body a value is.
  private func inputIndex(_ id: Graph.ValueID) -> Int {
    guard case .input(let index) = body.graph.sources[Int(id)] else {
      fatalError("%\(id) is no input of a loop's body")
    }
    return index
  }

  /// Values of all steps, along an additional first axis.
  private func collected(_ ids: [Graph.ValueID], _ application: Application) -> [Tensor] {
    let known = body.graph.outputs[carryCount...]
    let missing = ids.filter { !known.contains($0) }
    var more: ArraySlice<Tensor> = []
    if !missing.isEmpty {
      let extended = replacingBody(body.returning(body.graph.outputs + missing))
      more = applyAll(extended, application.operands)[body.graph.outputs.count...]
    }
    return ids.map { id in
      if let output = known.firstIndex(of: id) { return application.results[output] }
      return more[more.startIndex + (missing.firstIndex(of: id) ?? 0)]
    }
  }
}

extension Linearization {
  /// Carries out nodes on tensors and returns the cotangents.
  fileprivate func replay(_ nodes: [Int], _ values: inout [Graph.ValueID: Tensor]) -> [Tensor] {
    func tensor(_ id: Graph.ValueID) -> Tensor {
      if let known = values[id] { return known }
      guard case .constant(let tensor) = graph.sources[Int(id)] else {
        fatalError("%\(id) is missing from the derivative of a loop")
      }
      return tensor
    }
    for index in nodes {
      let node = graph.nodes[index]
      let results = applyAll(node.primitive, node.operands.map(tensor))
      for (id, result) in zip(node.results, results) { values[id] = result }
    }
    return cotangents.map(tensor)
  }
}
