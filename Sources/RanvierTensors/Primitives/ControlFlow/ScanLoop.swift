/// A loop that carries values from step to step and collects one result per step.
///
/// Operands: the carried values at the start, the elements (each with an additional first axis of
/// the loop's length), and what all steps share. The body takes the carried values, one element of
/// each, and the shared operands; it returns the next carried values and the outputs of the step.
///
/// Results: the carried values after the last step, and the outputs with an additional first axis.
package struct ScanLoop: ControlFlowPrimitive {
  package let body: Program
  package let carryCount: Int
  package let elementCount: Int
  package let length: Int
  /// Whether the steps are taken from the last element to the first.
  package let isReversed: Bool

  package init(
    _ body: Program, carryCount: Int, elementCount: Int, length: Int, isReversed: Bool = false
  ) {
    self.body = body
    self.carryCount = carryCount
    self.elementCount = elementCount
    self.length = length
    self.isReversed = isReversed
  }

  package var name: String { "scan" }
  package var description: String {
    "scan of \(length) steps\(isReversed ? ", reversed" : ""), \(body.graph.nodes.count) operations each"
  }
  package var programs: [Program] { [body] }

  /// What the steps share, if there are enough of them to be worth preparing it.
  package var stableInputs: Range<Int> {
    let first = carryCount + elementCount
    return first ..< (length < 4 ? first : body.inputTypes.count)
  }
  package var resultCount: Int { body.graph.outputs.count }

  /// The same loop with another body.
  package func replacingBody(_ body: Program) -> ScanLoop {
    ScanLoop(
      body, carryCount: carryCount, elementCount: elementCount, length: length,
      isReversed: isReversed)
  }

  private func isElement(_ operand: Int) -> Bool {
    (carryCount ..< carryCount + elementCount).contains(operand)
  }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let inputs = body.inputTypes
    let expected = inputs.indices.map { isElement($0) ? inputs[$0].stacked(length) : inputs[$0] }
    guard operands == expected else {
      throw OperationError(
        operation: "scan", rule: "operands of the types its body was recorded for",
        got: "\(operands) instead of \(expected)")
    }
    let outputs = body.outputTypes
    guard Array(outputs.prefix(carryCount)) == Array(inputs.prefix(carryCount)) else {
      throw OperationError(
        operation: "scan", rule: "a step that returns carried values of the types it got",
        got: "\(outputs.prefix(carryCount)) instead of \(inputs.prefix(carryCount))")
    }
    return outputs.enumerated().map { $0 < carryCount ? $1 : $1.stacked(length) }
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    var carried = Array(operands[..<carryCount])
    let elements = Array(operands[carryCount ..< carryCount + elementCount])
    let shared = Array(operands[(carryCount + elementCount)...])
    var outputs = resultTypes.dropFirst(carryCount).map { ReferenceArray($0) { _ in 0 } }
    for step in 0 ..< length {
      let position = isReversed ? length - 1 - step : step
      let results = body.evaluate(carried + elements.map { $0.row(position) } + shared)
      carried = Array(results[..<carryCount])
      for (index, row) in results[carryCount...].enumerated() {
        let size = row.elements.count
        outputs[index].elements.replaceSubrange(
          position * size ..< (position + 1) * size, with: row.elements)
      }
    }
    return carried + outputs
  }

  /// An output that collects a carried value from step to step.
  private struct CarryHome: Sendable {
    var output: Int
    /// Whether it collects the value before each step rather than the one after it.
    var isBefore: Bool
  }

  /// For each carried value, where steps can hand it on without a copy.
  private var carryHomes: [CarryHome?] {
    let graph = body.graph
    let collected = carryCount ..< graph.outputs.count
    return (0 ..< carryCount).map { carry in
      if let output = collected.first(where: { graph.outputs[$0] == graph.inputs[carry] }) {
        return CarryHome(output: output, isBefore: true)
      }
      return collected.first { graph.outputs[$0] == graph.outputs[carry] }.map {
        CarryHome(output: $0, isBefore: false)
      }
    }
  }

  package func makeKernel(
    _ operands: [TensorType], _ results: [TensorType], programs: [Kernel]
  ) -> Kernel {
    let step = programs[0]
    let (inputs, outputs) = (operands.count, results.count)
    var layout = ScratchLayout()
    let table = layout.appendTable(inputs + outputs + 1)
    // Carried values alternate between two places, or lie where an output collects them; the first
    // step reads the operands, and the last one writes the results.
    let homes = carryHomes
    let places = operands[..<carryCount].enumerated().map { index, type -> (Int, Int) in
      if homes[index] != nil { return (0, 0) }
      return (layout.append(type.byteCount), layout.append(type.byteCount))
    }
    let stepScratch = layout.append(step.scratchBytes)
    let rows = body.inputTypes.map(\.byteCount)
    let outputRows = body.outputTypes.map(\.byteCount)
    let (carryCount, elementCount, length, isReversed) =
      (carryCount, elementCount, length, isReversed)
    return Kernel("scan [\(step.implementation)]", scratchBytes: layout.byteCount) { arguments in
      let scratch = arguments[inputs + outputs]
      let pointers = scratch.table(at: table, count: inputs + outputs + 1)
      for index in (carryCount + elementCount) ..< inputs { pointers[index] = arguments[index] }
      pointers[inputs + outputs] = scratch + stepScratch
      step.prologue?(KernelArguments(base: pointers))
      for number in 0 ..< length {
        let position = isReversed ? length - 1 - number : number
        for index in 0 ..< carryCount {
          /// Where the value lies before a step, the last of which is the loop's length.
          func place(before number: Int) -> UnsafeMutableRawPointer {
            if number == 0 { return arguments[index] }
            if number == length { return arguments[inputs + index] }
            guard let home = homes[index] else {
              return scratch + (number % 2 == 0 ? places[index].0 : places[index].1)
            }
            let row = home.isBefore ? number : number - 1
            let position = isReversed ? length - 1 - row : row
            return arguments[inputs + home.output] + position * outputRows[home.output]
          }
          pointers[index] = place(before: number)
          pointers[inputs + index] = place(before: number + 1)
        }
        for index in carryCount ..< carryCount + elementCount {
          pointers[index] = arguments[index] + position * rows[index]
        }
        for index in carryCount ..< outputs {
          pointers[inputs + index] = arguments[inputs + index] + position * outputRows[index]
        }
        step.body(KernelArguments(base: pointers))
      }
      if length == 0 {
        for index in 0 ..< carryCount {
          arguments[inputs + index].copyMemory(from: arguments[index], byteCount: rows[index])
        }
      }
    }
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    // A carried value differs from example to example if it does so at the start or after a step.
    var isBatched = batch.isBatched
    while true {
      let (results, flags) = vectorizedBody(isBatched, batch)
      guard let results else { return flags.map { _ in Tensor(invalid: bodyError) } }
      let changed = (0 ..< carryCount).filter { flags[$0] && !isBatched[$0] }
      if changed.isEmpty {
        let operands = isBatched.indices.map { index -> Tensor in
          let operand = isBatched[index] ? batch.repeated(index) : batch.operands[index]
          // The steps' axis stays first.
          return isElement(index) && isBatched[index] ? operand.swappedAxes(0, 1) : operand
        }
        let scan = replacingBody(results.program)
        return applyAll(scan, operands + results.captured).enumerated().map { index, result in
          if index >= carryCount { return result.swappedAxes(0, 1) }
          // A value that no example changes is the same for all.
          return isBatched[index]
            ? result : result.broadcast(to: Shape([batch.size] + result.shape.sizes))
        }
      }
      for index in changed { isBatched[index] = true }
    }
  }

  private var bodyError: OperationError {
    OperationError(
      operation: "scan", rule: "a step that can run for a batch", got: "a step that cannot")
  }

  /// The body for a batch, and which of its results have the batch axis.
  private func vectorizedBody(
    _ isBatched: [Bool], _ batch: BatchedApplication
  ) -> (RecordedProgram?, [Bool]) {
    var flags: [Bool] = []
    let types = zip(body.inputTypes, isBatched).map { $1 ? $0.stacked(batch.size) : $0 }
    let recorded = Program.record(types) { inputs in
      let results = body.vectorized(inputs, isBatched: isBatched, size: batch.size)
      flags = results.map(\.isBatched)
      return results.enumerated().map { index, result in
        let needsAxis = index >= carryCount || isBatched[index]
        return needsAxis && !result.isBatched
          ? result.tensor.broadcast(to: Shape([batch.size] + result.tensor.shape.sizes))
          : result.tensor
      }
    }
    if case .success(let program) = recorded { return (program, flags) }
    return (nil, flags)
  }

  package static var samples: [PrimitiveSample] {
    func sample(
      _ types: [TensorType], carried: Int, elements: Int, length: Int, reversed: Bool = false,
      _ operands: [PrimitiveSample.Operand], _ body: ([Tensor]) -> [Tensor]
    ) -> PrimitiveSample {
      PrimitiveSample(
        ScanLoop(
          .recorded(types, body), carryCount: carried, elementCount: elements, length: length,
          isReversed: reversed), operands)
    }
    let vector = TensorType(.float64, [3])
    let matrix = TensorType(.float64, [3, 3])
    return [
      // A recurrent cell whose states are the outputs.
      sample(
        [vector, vector, matrix], carried: 1, elements: 1, length: 4,
        [.init([3]), .init([4, 3]), .init([3, 3])]
      ) { x in
        let next = tanh(matmul(x[0], x[2]) + x[1])
        return [next, next * x[1]]
      },
      sample(
        [vector, vector], carried: 1, elements: 1, length: 3, reversed: true,
        [.init([3]), .init([3, 3])]
      ) { [$0[0] * $0[1], sin($0[0])] },
      // Two carried values that change places, and no elements.
      sample([vector, vector], carried: 2, elements: 0, length: 3, [.init([3]), .init([3])]) {
        [$0[1] * 0.5, sin($0[0]), $0[0].sum()]
      },
      sample([vector, vector], carried: 1, elements: 1, length: 0, [.init([3]), .init([0, 3])]) {
        [$0[0] + $0[1], $0[1]]
      },
    ]
  }
}

extension TensorType {
  /// The type of several tensors of this type along an additional first axis.
  package func stacked(_ count: Int) -> TensorType {
    TensorType(elementType, Shape([count] + shape.sizes))
  }
}

extension ReferenceArray {
  /// A part along the first axis.
  fileprivate func row(_ position: Int) -> ReferenceArray {
    let type = TensorType(type.elementType, Shape(Array(type.shape.sizes.dropFirst())))
    let size = type.shape.count
    return ReferenceArray(type, Array(elements[position * size ..< (position + 1) * size]))
  }
}

extension Program {
  /// A program that is known to be right and to need nothing but its arguments.
  static func recorded(_ types: [TensorType], _ function: ([Tensor]) -> [Tensor]) -> Program {
    switch record(types, function) {
    case .success(let recorded): recorded.program
    case .failure(let error): fatalError("a program with an error: \(error)")
    }
  }
}
