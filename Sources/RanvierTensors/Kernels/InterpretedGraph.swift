extension Graph {
  /// A kernel that runs the nodes one after the other: how programs inside primitives run where no
  /// plan was made for them.
  package func makeInterpretingKernel() -> Kernel {
    InterpretedGraph(self).kernel
  }
}

/// A graph whose values all have places of their own in scratch memory.
private final class InterpretedGraph: Sendable {
  private enum Place: Sendable {
    case input(Int)
    case constant(Storage)
    case scratch(Int)
  }

  private struct Step: Sendable {
    var kernel: Kernel
    var places: [Place]
  }

  private let inputCount: Int
  private let steps: [Step]
  private let outputs: [(place: Place, byteCount: Int)]
  private let kernelScratch: Int
  private let scratchBytes: Int

  init(_ graph: Graph) {
    inputCount = graph.inputs.count
    // A table of pointers comes first, then the values, then the scratch memory of the kernels.
    let entries = graph.nodes.map { $0.operands.count + Int($0.resultCount) + 1 }.max() ?? 0
    var size = InterpretedGraph.rounded(entries * MemoryLayout<UnsafeMutableRawPointer>.size)
    let places = (0 ..< graph.valueCount).map { value -> Place in
      switch graph.sources[value] {
      case .input(let index): return .input(index)
      case .constant(let tensor): return .constant(tensor.requiredStorage("a program's constant"))
      case .node:
        defer { size += InterpretedGraph.rounded(graph.types[value].byteCount) }
        return .scratch(size)
      }
    }
    steps = graph.nodes.map { node in
      Step(
        kernel: node.primitive.makeKernel(
          node.operands.map { graph.types[Int($0)] }, node.results.map { graph.types[Int($0)] }),
        places: (node.operands + Array(node.results)).map { places[Int($0)] })
    }
    outputs = graph.outputs.map { (places[Int($0)], graph.types[Int($0)].byteCount) }
    kernelScratch = size
    scratchBytes = size + (steps.map(\.kernel.scratchBytes).max() ?? 0)
  }

  private static func rounded(_ bytes: Int) -> Int { (bytes + 63) & ~63 }

  var kernel: Kernel {
    Kernel("interpreted program", scratchBytes: scratchBytes) { self.run($0) }
  }

  private func run(_ arguments: KernelArguments) {
    let scratch = arguments[inputCount + outputs.count]
    func address(_ place: Place) -> UnsafeMutableRawPointer {
      switch place {
      case .input(let index): arguments[index]
      case .constant(let storage): storage.address
      case .scratch(let offset): scratch + offset
      }
    }
    for step in steps {
      let table = scratch.bindMemory(
        to: UnsafeMutableRawPointer.self, capacity: step.places.count + 1)
      for (index, place) in step.places.enumerated() { table[index] = address(place) }
      table[step.places.count] = scratch + kernelScratch
      step.kernel.body(KernelArguments(base: table))
    }
    for (index, output) in outputs.enumerated() {
      let source = address(output.place)
      let target = arguments[inputCount + index]
      if source != target { target.copyMemory(from: source, byteCount: output.byteCount) }
    }
  }
}
