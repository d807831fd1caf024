package import RanvierTensors

/// Evaluates graphs node by node with the primitives' reference evaluations: the oracle of passes
/// and plans.
package enum ReferenceInterpreter {
  /// The graph's outputs for inputs.
  package static func run(_ graph: Graph, _ inputs: [Tensor]) -> [ReferenceArray] {
    var values = [ReferenceArray?](repeating: nil, count: graph.valueCount)
    for value in 0 ..< graph.valueCount {
      switch graph.sources[value] {
      case .input(let index): values[value] = ReferenceArray(inputs[index])
      case .constant(let tensor): values[value] = ReferenceArray(tensor)
      case .node(let index, result: 0):
        let node = graph.nodes[Int(index)]
        let operands = node.operands.compactMap { values[Int($0)] }
        let types = node.results.map { graph.types[Int($0)] }
        for (result, array) in zip(node.results, node.primitive.evaluate(operands, types)) {
          values[Int(result)] = array
        }
      case .node: break
      }
    }
    return graph.outputs.compactMap { values[Int($0)] }
  }
}

extension Tensor {
  /// The tensor with a reference array's type and elements.
  package init(_ array: ReferenceArray) {
    self = Tensor(array.elements, shape: array.shape).cast(to: array.type.elementType)
  }
}

extension Graph {
  /// Records a function of tensors.
  package init(recording inputs: [TensorType], _ function: ([Tensor]) -> [Tensor]) {
    let trace = Trace(computes: false)
    let results = Trace.$current.withValue(trace) { function(inputs.map { trace.input($0) }) }
    let ids = results.map { trace.id(of: $0) }
    self = trace.close()
    outputs = ids
  }
}
