package import RanvierTensors

extension Graph {
  /// What is wrong with the graph as data, or `nil`: operands must come first, and types must
  /// follow the shape rules.
  package func verify() -> String? {
    for (index, node) in nodes.enumerated() {
      for operand in node.operands where operand < 0 || operand >= node.firstResult {
        return "node \(index) (\(node.primitive)) reads %\(operand), which comes later"
      }
      do {
        let types = try node.primitive.resultTypes(of: node.operands.map { self.types[Int($0)] })
        if types != resultTypes(of: node) {
          return
            "node \(index) (\(node.primitive)) is recorded as \(resultTypes(of: node)), but gives \(types)"
        }
      } catch {
        return "node \(index): \(error.message)"
      }
    }
    for output in outputs where output < 0 || Int(output) >= valueCount {
      return "output %\(output) does not exist"
    }
    return nil
  }
}
