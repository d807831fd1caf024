internal import CKernels

/// A loop that goes on as long as a condition holds.
///
/// Operands: the carried values at the start, what else the condition needs, what else the body
/// needs. Results: the carried values at the end, and the number of steps (i64).
package struct WhileLoop: ControlFlowPrimitive {
  package let condition: Program
  package let body: Program
  package let carryCount: Int

  package init(while condition: Program, do body: Program, carryCount: Int) {
    self.condition = condition
    self.body = body
    self.carryCount = carryCount
  }

  package var name: String { "while_loop" }
  package var spelling: String { "whileLoop" }
  package var description: String { "while_loop of \(body.graph.nodes.count) operations" }
  package var programs: [Program] { [condition, body] }
  package var resultCount: Int { carryCount + 1 }

  private var conditionShared: Range<Int> { carryCount ..< condition.graph.inputs.count }
  private var bodyShared: Range<Int> {
    let first = conditionShared.upperBound
    return first ..< first + body.graph.inputs.count - carryCount
  }

  package func resultTypes(of operands: [TensorType]) throws(OperationError) -> [TensorType] {
    let carried = Array(operands[..<carryCount])
    guard condition.outputTypes == [TensorType(.bool, [])] else {
      throw OperationError(
        operation: spelling, rule: "a condition that is one bool",
        got: "\(condition.outputTypes)")
    }
    guard carried + operands[conditionShared] == condition.inputTypes,
      carried + operands[bodyShared] == body.inputTypes, body.outputTypes == carried
    else {
      throw OperationError(
        operation: spelling, rule: "a step that returns carried values of the types it got",
        got: "\(body.outputTypes) instead of \(carried)")
    }
    return carried + [TensorType(.int64, [])]
  }

  package func evaluate(
    _ operands: [ReferenceArray], _ resultTypes: [TensorType]
  ) -> [ReferenceArray] {
    var carried = Array(operands[..<carryCount])
    var steps = 0.0
    while condition.evaluate(carried + operands[conditionShared])[0].elements[0] != 0 {
      carried = body.evaluate(carried + operands[bodyShared])
      steps += 1
    }
    return carried + [ReferenceArray(resultTypes[carryCount], [steps])]
  }

  package func makeKernel(
    _ operands: [TensorType], _ results: [TensorType], programs: [Kernel]
  ) -> Kernel {
    let (condition, body) = (programs[0], programs[1])
    let (inputs, carryCount) = (operands.count, carryCount)
    let (conditionShared, bodyShared) = (conditionShared, bodyShared)
    var layout = ScratchLayout()
    let conditionTable = layout.appendTable(carryCount + conditionShared.count + 2)
    let bodyTable = layout.appendTable(2 * carryCount + bodyShared.count + 1)
    let flag = layout.append(1)
    let sizes = operands[..<carryCount].map(\.byteCount)
    let places = sizes.map { (layout.append($0), layout.append($0)) }
    let programScratch = layout.append(Swift.max(condition.scratchBytes, body.scratchBytes))
    return Kernel("while loop", scratchBytes: layout.byteCount) { arguments in
      let scratch = arguments[inputs + carryCount + 1]
      let conditionPointers = scratch.table(
        at: conditionTable, count: carryCount + conditionShared.count + 2)
      let bodyPointers = scratch.table(at: bodyTable, count: 2 * carryCount + bodyShared.count + 1)
      for (index, position) in conditionShared.enumerated() {
        conditionPointers[carryCount + index] = arguments[position]
      }
      for (index, position) in bodyShared.enumerated() {
        bodyPointers[carryCount + index] = arguments[position]
      }
      let conditionEnd = carryCount + conditionShared.count
      conditionPointers[conditionEnd] = scratch + flag
      conditionPointers[conditionEnd + 1] = scratch + programScratch
      let bodyEnd = carryCount + bodyShared.count
      bodyPointers[bodyEnd + carryCount] = scratch + programScratch
      var steps: Int64 = 0
      // Carried values alternate between two places; the first step reads the operands.
      func place(_ index: Int) -> UnsafeMutableRawPointer {
        steps == 0
          ? arguments[index] : scratch + (steps % 2 == 0 ? places[index].0 : places[index].1)
      }
      while true {
        for index in 0 ..< carryCount { conditionPointers[index] = place(index) }
        condition.body(KernelArguments(base: conditionPointers))
        guard (scratch + flag).load(as: UInt8.self) != 0 else { break }
        for index in 0 ..< carryCount { bodyPointers[index] = place(index) }
        steps += 1
        for index in 0 ..< carryCount { bodyPointers[bodyEnd + index] = place(index) }
        body.body(KernelArguments(base: bodyPointers))
      }
      for index in 0 ..< carryCount {
        arguments[inputs + index].copyMemory(from: place(index), byteCount: sizes[index])
      }
      arguments[inputs + carryCount].storeBytes(of: steps, as: Int64.self)
    }
  }

  /// The derivative walks the steps backwards and computes the values before each step anew, from
  /// the start: nothing else says how many there were before the loop runs.
  package func pullback(_ application: Application) -> [Tensor?] {
    let types = application.operands.map(\.type)
    let carried = (0 ..< carryCount).filter { types[$0].elementType.isFloatingPoint }
    let shared = bodyShared.filter { application.isNeeded[$0] }
    let firstShared = bodyShared.lowerBound - carryCount
    let derivative = body.pulledBack(
      of: carried, withRespectTo: carried + shared.map { $0 - firstShared })
    let operands = application.operands
    let start = Array(operands[..<carryCount])
    let fixed = Array(operands[bodyShared])

    /// The carried values after a number of steps.
    func values(after steps: Tensor) -> [Tensor] {
      let zero = Tensor(Int64(0))
      let results = WhileLoop.run(
        from: [zero] + start, while: { less($0[0], steps) },
        do: { [$0[0] + 1] + self.body.replay(Array($0.dropFirst()) + fixed) })
      return Array(results[1 ... carryCount])
    }
    let sums = shared.map { Tensor.zeros(types[$0].shape, elementType: types[$0].elementType) }
    let given = carried.map { application.cotangents[$0] }
    let results = WhileLoop.run(
      from: [application.results[carryCount]] + given + sums, while: { greater($0[0], 0) }
    ) { state in
      let steps = state[0] - 1
      let cotangents = derivative.replay(
        values(after: steps) + fixed + state[1 ... carried.count])
      let sums = zip(state[(1 + carried.count)...], cotangents[carried.count...])
      return [steps] + cotangents[..<carried.count] + sums.map { $0 + $1 }
    }
    var cotangents = [Tensor?](repeating: nil, count: types.count)
    for (position, result) in zip(carried + shared, results.dropFirst()) {
      cotangents[position] = result
    }
    return cotangents
  }

  /// Records and applies a loop, whether its values are known or not.
  static func run(
    from start: [Tensor], while condition: ([Tensor]) -> Tensor, do body: ([Tensor]) -> [Tensor]
  ) -> [Tensor] {
    let types = start.map(\.type)
    do throws(OperationError) {
      if let error = start.lazy.compactMap(\.error).first { throw error }
      let test = try Program.record(types) { [condition($0)] }.get()
      let step = try Program.record(types) { body($0) }.get()
      let loop = WhileLoop(while: test.program, do: step.program, carryCount: start.count)
      return applyAll(loop, start + test.captured + step.captured)
    } catch {
      return [Tensor](repeating: Tensor(invalid: error), count: start.count + 1)
    }
  }

  package func vectorized(_ batch: BatchedApplication) -> [Tensor] {
    // The loop goes on while any example does; the others keep their values. So all carried values
    // and the count differ from example to example.
    let size = batch.size
    func isBatched(_ shared: Range<Int>) -> [Bool] {
      [Bool](repeating: true, count: carryCount) + batch.isBatched[shared]
    }
    func isActive(_ state: ArraySlice<Tensor>) -> Tensor {
      let result = condition.vectorized(
        Array(state) + batch.operands[conditionShared], isBatched: isBatched(conditionShared),
        size: size)[0]
      return result.isBatched ? result.tensor : result.tensor.broadcast(to: [size])
    }
    let start = (0 ..< carryCount).map { batch.repeated($0) }
    let results = WhileLoop.run(
      from: [Tensor.zeros([size], elementType: .int64)] + start,
      while: { isActive($0[1...]).any() }
    ) { state in
      let active = isActive(state[1...])
      let next = body.vectorized(
        Array(state[1...]) + batch.operands[bodyShared], isBatched: isBatched(bodyShared),
        size: size)
      let values = zip(next, state[1...]).map { new, old in
        let mask = active.reshaped(
          to: Shape([size] + [Int](repeating: 1, count: old.rank - 1)))
        return select(mask, new.tensor, old)
      }
      return [state[0] + active.cast(to: .int64)] + values
    }
    return Array(results[1 ... carryCount]) + [results[0]]
  }

  package static var samples: [PrimitiveSample] {
    let scalar = TensorType(.float64, [])
    let vector = TensorType(.float64, [3])
    // Halves a value until it is small; the body's factor is an operand of its own.
    let halving = WhileLoop(
      while: .recorded([scalar, vector]) { [greater($0[0], 0.3)] },
      do: .recorded([scalar, vector, scalar]) { [$0[0] * 0.5, sin($0[1]) * $0[2]] },
      carryCount: 2)
    return [
      PrimitiveSample(halving, [.init([], .uniform(5, 9)), .init([3]), .init([])]),
      PrimitiveSample(halving, [.init([], .uniform(0, 0.2)), .init([3]), .init([])]),
    ]
  }
}

/// A loop that replaces values as long as a condition holds.
///
/// Where the values are known, it is an ordinary loop. Inside a function that is being compiled, it
/// is recorded as a loop, whose number of steps is only known when it runs.
///
/// Differentiable. The derivative of a recorded loop computes the values before each step anew, so
/// that it takes a number of steps that grows with the square of the loop's; with
/// `maximumSteps` it keeps them and takes no more steps than that.
///
///     let root = whileLoop(from: x, while: { greater(abs($0 * $0 - x), 1e-6) }) { ($0 + x / $0) / 2 }
///
/// - Parameters:
///   - start: The values before the first step.
///   - maximumSteps: The loop ends after so many steps even if the condition still holds.
///   - condition: Returns one bool for the current values.
///   - step: Returns the next values, of the same types and structure.
/// - Returns: The first values for which the condition does not hold; invalid tensors if the
///   condition is not one bool or a step changes types.
public func whileLoop<State: TensorTree>(
  from start: State, maximumSteps: Int? = nil, while condition: (State) -> Tensor,
  _ step: (State) -> State
) -> State {
  func invalid(_ error: OperationError) -> State {
    start.mapTensors { _ in Tensor(invalid: error) }
  }
  func isBool(_ tensor: Tensor) -> OperationError? {
    if let error = tensor.error { return error }
    if tensor.type == TensorType(.bool, []) { return nil }
    return OperationError(
      operation: "whileLoop", rule: "a condition that is one bool", got: "\(tensor.type)",
      hint: tensor.elementType == .bool ? "combine the elements with all() or any()" : "")
  }
  do {
    guard Trace.isRecording || start.tensors.contains(where: { !$0.isConcrete }) else {
      var state = start
      var steps = 0
      while steps < maximumSteps ?? .max {
        let goesOn = condition(state)
        if let error = isBool(goesOn) { return invalid(error) }
        guard goesOn.scalar(as: Bool.self) else { break }
        let next = step(state)
        try requireSameStructure(
          next, as: state, operation: "whileLoop", what: "a step that returns values")
        state = next
        steps += 1
      }
      return state
    }
    var failure: OperationError?
    func checked(_ state: State) -> State {
      let next = step(state)
      do {
        try requireSameStructure(
          next, as: start, operation: "whileLoop", what: "a step that returns values")
      } catch {
        failure = failure ?? error
        return state
      }
      return next
    }
    func test(_ state: State) -> Tensor {
      let result = condition(state)
      failure = failure ?? isBool(result)
      return failure == nil ? result : Tensor(false)
    }
    let result: State
    if let maximumSteps {
      result = scan(over: Tensor.range(maximumSteps), from: start) { state, _ in
        cond(test(state), then: { checked(state) }, else: { state })
      }
    } else {
      let results = WhileLoop.run(
        from: start.tensors, while: { test(start.replacingTensors(with: $0)) },
        do: { checked(start.replacingTensors(with: $0)).tensors })
      result = start.replacingTensors(with: Array(results.dropLast()))
    }
    return failure.map(invalid) ?? result
  } catch {
    return invalid(error)
  }
}
