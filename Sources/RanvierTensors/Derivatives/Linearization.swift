/// A program followed by its derivative: what loops and branches differentiate their programs with.
package struct Linearization {
  /// The program's values, then those of the derivative.
  package let graph: Graph
  /// How many values belong to the program itself.
  package let programCount: Int
  /// For each of the program's results that has a cotangent, the input that holds it.
  package let cotangentInputs: [Graph.ValueID]
  /// The cotangents of the inputs that were asked for.
  package let cotangents: [Graph.ValueID]
}

extension Program {
  /// The derivative of some results with respect to some inputs.
  package func linearized(of results: [Int], withRespectTo inputs: [Int]) -> Linearization {
    let trace = Trace(computes: false, isNested: true, graph: graph)
    let outputs = results.map { trace.tensor(graph.outputs[$0]) }
    let given = outputs.map { trace.input($0.type) }
    let cotangents = Trace.$current.withValue(trace) {
      trace.cotangents(
        of: inputs.map { trace.tensor(graph.inputs[$0]) }, outputs: outputs,
        outputCotangents: given)
    }
    if let error = cotangents.lazy.compactMap(\.error).first {
      fatalError("the derivative of a valid program is invalid: \(error)")
    }
    let ids = cotangents.map { trace.id(of: $0) }
    let givenIDs = given.map { trace.id(of: $0) }
    return Linearization(
      graph: trace.close(), programCount: graph.valueCount, cotangentInputs: givenIDs,
      cotangents: ids)
  }

  /// The program that computes the cotangents of some inputs, from all inputs and the cotangents of
  /// some results.
  package func pulledBack(of results: [Int], withRespectTo inputs: [Int]) -> Program {
    let linear = linearized(of: results, withRespectTo: inputs)
    var graph = linear.graph
    graph.outputs = linear.cotangents
    return Program(graph)
  }
}

extension Linearization {
  /// What the derivative computes, and what it needs of the program.
  package struct Parts {
    /// Nodes to be carried out, in order: those of the derivative, and cheap ones of the program.
    package var nodes: [Int] = []
    /// Results of the program's nodes that the derivative needs.
    package var saved: [Graph.ValueID] = []
    /// Inputs of the program that the derivative needs.
    package var inputs: [Graph.ValueID] = []
  }

  /// Finds what the cotangents depend on.
  ///
  /// - Parameter isFixed: Whether an input of the program is the same in every step, so that what
  ///   depends on nothing else needs not be kept of each.
  package func parts(isFixed: (Graph.ValueID) -> Bool) -> Parts {
    var isInvariant = [Bool](repeating: false, count: programCount)
    for value in 0 ..< programCount {
      switch graph.sources[value] {
      case .constant: isInvariant[value] = true
      case .input: isInvariant[value] = isFixed(Graph.ValueID(value))
      case .node(let index, _):
        isInvariant[value] = graph.nodes[Int(index)].operands.allSatisfy { isInvariant[Int($0)] }
      }
    }
    var parts = Parts()
    var isVisited = [Bool](repeating: false, count: graph.valueCount)
    var isTaken = [Bool](repeating: false, count: graph.nodes.count)
    var pending = cotangents
    while let value = pending.popLast() {
      guard !isVisited[Int(value)] else { continue }
      isVisited[Int(value)] = true
      switch graph.sources[Int(value)] {
      case .constant: break
      case .input: if value < programCount { parts.inputs.append(value) }
      case .node(let index, _):
        let node = graph.nodes[Int(index)]
        if value < programCount, !(node.primitive is any CheapPrimitive),
          !isInvariant[Int(value)]
        {
          parts.saved.append(value)
        } else if !isTaken[Int(index)] {
          isTaken[Int(index)] = true
          parts.nodes.append(Int(index))
          pending += node.operands
        }
      }
    }
    parts.nodes.sort()
    parts.saved.sort()
    parts.inputs.sort()
    return parts
  }
}

/// A primitive that costs less to compute again than to keep its result of every step of a loop.
package protocol CheapPrimitive: Primitive {}

extension Broadcast: CheapPrimitive {}
extension Reshape: CheapPrimitive {}
extension Iota: CheapPrimitive {}
extension Alias: CheapPrimitive {}
extension StopGradient: CheapPrimitive {}
