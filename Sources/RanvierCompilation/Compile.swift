public import RanvierTensors

/// Prepares a function of tensors to run fast.
///
/// The function is called once for each new set of shapes and types, with tensors that record what
/// is done with them; the recording is simplified, fused and planned, and later calls only run the
/// plan. Values cannot be read while recording; use `select` instead of `if`.
///
/// - Returns: A function of the same arguments. It throws what the function throws, and the error
///   of an invalid result.
public func compile<each Input: TensorTree, Output: TensorTree>(
  _ function: @escaping @Sendable (repeat each Input) throws -> Output
) -> CompiledFunction<Output, repeat each Input> {
  CompiledFunction(function)
}

/// Prepares a function that replaces a state and returns a result.
///
/// The state's memory is updated in place where nothing else refers to it, so that a training step
/// needs no second copy of parameters and optimizer state.
public func compileUpdate<State: TensorTree, each Input: TensorTree, Output: TensorTree>(
  _ function: @escaping @Sendable (inout State, repeat each Input) throws -> Output
) -> CompiledUpdate<State, Output, repeat each Input> {
  CompiledUpdate(function)
}

/// A compiled function; call it like the function it was made from.
public struct CompiledFunction<Output: TensorTree, each Input: TensorTree>: Sendable {
  private let function: @Sendable (repeat each Input) throws -> Output
  private let plans = PlanCache<Output>()

  init(_ function: @escaping @Sendable (repeat each Input) throws -> Output) {
    self.function = function
  }

  /// Runs the function.
  public func callAsFunction(_ input: repeat each Input) throws -> Output {
    if let entry = plans.latest {
      var matcher = ArgumentMatcher(entry.types, entry.pool.take())
      repeat matcher.append(each input)
      if matcher.isComplete(entry.structure) {
        return run(entry, &matcher.buffers)
      }
    }
    var arguments = Arguments()
    repeat arguments.append(each input)
    // Inside another function that is being compiled or differentiated, this one is simply part of
    // it.
    if arguments.areTraced { return try function(repeat each input) }
    let entry = try plan(&arguments, repeat each input)
    var buffers = CallBuffers(inputs: try arguments.takeStorages())
    return run(entry, &buffers)
  }

  private func run(_ entry: PlanCache<Output>.Entry, _ buffers: inout CallBuffers) -> Output {
    entry.plan.run(&buffers.inputs, into: &buffers.outputs)
    let output = entry.output(buffers.outputs)
    buffers.clear()
    entry.pool.giveBack(buffers)
    return output
  }

  /// The plan for arguments like these.
  public func plan(for input: repeat each Input) throws -> Plan {
    var arguments = Arguments()
    repeat arguments.append(each input)
    return try plan(&arguments, repeat each input).plan
  }

  private func plan(_ arguments: inout Arguments, _ input: repeat each Input) throws
    -> PlanCache<Output>.Entry
  {
    try plans.entry(for: arguments, donatesFirst: 0) { trace in
      try function(repeat trace.variables(for: each input))
    }
  }
}

/// A compiled function that updates a state in place.
public struct CompiledUpdate<State: TensorTree, Output: TensorTree, each Input: TensorTree>:
  Sendable
{
  private let function: @Sendable (inout State, repeat each Input) throws -> Output
  private let plans = PlanCache<UpdateResult<State, Output>>()

  init(_ function: @escaping @Sendable (inout State, repeat each Input) throws -> Output) {
    self.function = function
  }

  /// Runs the function; if it throws, the state is as before.
  public func callAsFunction(_ state: inout State, _ input: repeat each Input) throws -> Output {
    if let entry = plans.latest {
      var matcher = ArgumentMatcher(entry.types, entry.pool.take())
      matcher.append(state)
      repeat matcher.append(each input)
      if matcher.isComplete(entry.structure) {
        return run(entry, &matcher.buffers, &state)
      }
    }
    var arguments = Arguments()
    arguments.append(state)
    let stateCount = arguments.tensors.count
    repeat arguments.append(each input)
    if arguments.areTraced { return try function(&state, repeat each input) }
    let entry = try plan(arguments, state, stateCount, repeat each input)
    var buffers = CallBuffers(inputs: try arguments.takeStorages())
    return run(entry, &buffers, &state)
  }

  private func run(
    _ entry: PlanCache<UpdateResult<State, Output>>.Entry, _ buffers: inout CallBuffers,
    _ state: inout State
  ) -> Output {
    let template = entry.template
    // The state gives up its references, so that its memory has one owner and may be reused.
    if template.keepsStructure {
      state.updateTensors { $0 = Placeholder.tensor }
    } else {
      state = template.state
    }
    entry.plan.run(&buffers.inputs, into: &buffers.outputs)
    var index = 0
    if template.keepsStructure {
      state.updateTensors {
        $0 = entry.tensor(index, buffers.outputs)
        index += 1
      }
    } else {
      state = entry.output(template.state, buffers.outputs, from: &index)
    }
    let output = entry.output(template.output, buffers.outputs, from: &index)
    buffers.clear()
    entry.pool.giveBack(buffers)
    return output
  }

  /// The plan for arguments like these.
  public func plan(for state: State, _ input: repeat each Input) throws -> Plan {
    var arguments = Arguments()
    arguments.append(state)
    let stateCount = arguments.tensors.count
    repeat arguments.append(each input)
    return try plan(arguments, state, stateCount, repeat each input).plan
  }

  private func plan(
    _ arguments: Arguments, _ state: State, _ stateCount: Int, _ input: repeat each Input
  ) throws -> PlanCache<UpdateResult<State, Output>>.Entry {
    try plans.entry(for: arguments, donatesFirst: stateCount) { trace in
      var updated = trace.variables(for: state)
      let output = try function(&updated, repeat trace.variables(for: each input))
      return UpdateResult(
        state: updated, output: output,
        keepsStructure: updated.structure == state.structure
          && updated.tensors.count == stateCount)
    }
  }
}

/// What an update gives.
private struct UpdateResult<State: TensorTree, Output: TensorTree>: TensorTree {
  var state: State
  var output: Output
  /// Whether the state has its tensors where it had them before, so that they can be put there
  /// without building it again.
  var keepsStructure: Bool

  func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> Self {
    UpdateResult(
      state: try state.mapTensors(transform), output: try output.mapTensors(transform),
      keepsStructure: keepsStructure)
  }
}

extension TensorTree {
  /// What distinguishes the tree from others of its type.
  fileprivate var structure: [TreeStructure] {
    var structure: [TreeStructure] = []
    appendStructure(to: &structure)
    return structure
  }
}
