package import RanvierTensors

/// How much one call of an instruction has to do, from the types of its operands and results.
package struct InstructionWork: Sendable, Equatable {
  /// Bytes of all operands, each counted once.
  ///
  /// Of a tensor of which a slice or a gather takes a part, as many bytes as the part has.
  package var bytesRead: Int
  /// Bytes of all results.
  package var bytesWritten: Int
  /// Multiplications and additions of matrix products, of those of attention, and of convolutions,
  /// those with padding included; `nil` for everything else.
  package var operations: Double?

  /// The work of a node of a graph.
  package init(of node: Graph.Node, in graph: Graph) {
    let operands = node.operands.map { graph.types[Int($0)] }
    let results = graph.resultTypes(of: node)
    bytesWritten = results.reduce(0) { $0 + $1.byteCount }
    bytesRead = 0
    for (position, operand) in node.operands.enumerated()
    where node.operands.firstIndex(of: operand) == position {
      bytesRead += operands[position].byteCount
    }
    if InstructionWork.takesPart(node.primitive), operands[0].byteCount > bytesWritten {
      bytesRead -= operands[0].byteCount - bytesWritten
    }
    let product = (node.primitive as? ProductWithEpilogue)?.product ?? node.primitive
    operations = InstructionWork.operations(
      of: product, operands, result: results.first?.shape ?? [])
  }

  private static func takesPart(_ primitive: any Primitive) -> Bool {
    switch primitive {
    case is Slice, is DynamicSlice, is Gather, is GatherElements: true
    default: false
    }
  }

  private static func operations(
    of primitive: any Primitive, _ operandTypes: [TensorType], result: Shape
  ) -> Double? {
    let operands = operandTypes.map(\.shape)
    switch primitive {
    case let attention as Attention:
      return attention.sizes(operandTypes).map { 2 * $0.pairs * Double($0.share + $0.outputs) }
    case let gradient as AttentionGradient:
      return gradient.attention.sizes(operandTypes).map {
        2 * $0.pairs * Double(3 * $0.share + 2 * $0.outputs)
      }
    case let product as MatrixProduct:
      let sizes = product.sizes(operands[0], operands[1])
      let depth = Double(sizes.depth)
      return 2 * Double(sizes.batch) * Double(sizes.rows) * Double(sizes.columns) * depth
    case is Convolution: return convolution(kernel: operands[1], output: result)
    case is ConvolutionInputGradient: return convolution(kernel: operands[1], output: operands[0])
    case is ConvolutionKernelGradient: return convolution(kernel: result, output: operands[1])
    default: return nil
    }
  }

  /// Each element of the output is a sum over the kernel of its channel.
  private static func convolution(kernel: Shape, output: Shape) -> Double {
    2 * Double(output.count) * Double(kernel.sizes.dropLast().reduce(1, *))
  }
}
