internal import CKernels
package import RanvierTensors

/// Sums of 16-bit numbers that are wanted in `f32`.
///
/// Sums are computed in `f32` anyway: widening the result saves rounding it, and widening the
/// operand first would write it to memory once more. Sums of rows are left to element loops, which
/// compute in `f32` themselves.
package enum WideSums {
  package static func run(_ graph: Graph) -> Graph {
    let consumers = graph.consumers
    let isOutput = Set(graph.outputs)

    /// The 16-bit operand of a node that widens it.
    func widened(_ node: Graph.Node?) -> Graph.ValueID? {
      guard let node, (node.primitive as? Cast)?.elementType == .float32,
        graph.types[Int(node.operands[0])].elementType.isNarrowFloat
      else { return nil }
      return node.operands[0]
    }
    /// The axes of a node that sums, if they are not the ones that rows run along.
    func sumAxes(_ node: Graph.Node) -> [Int]? {
      guard let sum = node.primitive as? Sum else { return nil }
      let sizes = graph.types[Int(node.operands[0])].shape.sizes
      let last = sizes.lastIndex { $0 != 1 }
      return sum.axes.isEmpty || last.map(sum.axes.contains) ?? true ? nil : sum.axes
    }

    return GraphRewriter.rewrite(graph) { rewriter, _, node, operands in
      let types = graph.resultTypes(of: node)
      if let axes = sumAxes(node), let operand = widened(graph.node(of: node.operands[0])) {
        return rewriter.append(
          WideSum(axes: axes), [rewriter.newID(operand)], types: types, like: node)
      }
      if let value = widened(node), let source = graph.node(of: value), let axes = sumAxes(source),
        consumers[Int(value)].count == 1, !isOutput.contains(value)
      {
        return rewriter.append(
          WideSum(axes: axes), [rewriter.newID(source.operands[0])], types: types, like: source)
      }
      return rewriter.append(node.primitive, operands, types: types, like: node)
    }.withoutDeadNodes()
  }
}

/// The sum of 16-bit numbers along axes, in `f32`.
package struct WideSum: Primitive {
  package let axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package var name: String { "sum" }
  package var description: String { "sum \(axes) in f32" }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    try Sum(axes: axes).resultTypes(of: operands).map { TensorType(.float32, $0.shape) }
  }

  package func pullback(_ application: Application) -> [Tensor?] {
    fatalError("wide sums are made after derivatives")
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    fatalError("batches are formed before a plan is made")
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    Sum(axes: axes).evaluate(operands, resultTypes)
  }

  package func makeKernel(_ operands: [TensorType], _ results: [TensorType]) -> Kernel {
    let type = ck_type(UInt32(operands[0].elementType.rawValue))
    var passes = ReductionPass.passes(over: operands[0].shape, axes: axes)
    // Axes of size 1 alone are no pass.
    if passes.isEmpty {
      passes = [ReductionPass(outer: 1, reduced: 1, inner: results[0].shape.count)]
    }
    let first = passes[0]
    let rest = Array(passes.dropFirst())
    // Passes hand their results on through two halves of the scratch memory.
    let largest = passes.dropLast().map { $0.outer * $0.inner }.max() ?? 0
    let half = (largest * 4 + 63) & ~63
    return Kernel("wide reduction", scratchBytes: 2 * half) { arguments in
      func target(_ pass: Int) -> UnsafeMutableRawPointer {
        pass == rest.count ? arguments[1] : arguments[2] + (pass % 2) * half
      }
      ck_reduce_wide(
        CK_REDUCE_SUM, type, target(0).assumingMemoryBound(to: Float.self), arguments[0],
        first.outer, first.reduced, first.inner)
      for (index, pass) in rest.enumerated() {
        ck_reduce(
          CK_REDUCE_SUM, CK_F32, target(index + 1), target(index), pass.outer, pass.reduced,
          pass.inner)
      }
    }
  }

  package static var samples: [PrimitiveSample] {
    [([5, 3], [0]), ([4, 2, 3, 7], [0, 2]), ([1, 9], [0]), ([300, 80], [0]), ([0, 3], [0])]
      .map { (shape: Shape, axes: [Int]) in
        PrimitiveSample(
          WideSum(axes: axes), [.init(shape, .uniform(-2, 2), .bfloat16)], isDifferentiable: false)
      }
  }
}
