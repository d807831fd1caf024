internal import Foundation
internal import RanvierData
internal import RanvierFunctions
internal import RanvierModels
internal import RanvierOptimizers
internal import RanvierTensors

/// One run of a loop: the order in which things happen.
struct LoopRun {
  private let loop: Loop
  private let model: ResolvedModel
  private let training: TrainingStep?
  private let evaluation: EvaluationStep
  private let display: ProgressDisplay

  init(_ loop: Loop) throws {
    self.loop = loop
    model = try ResolvedModel(loop.model, precision: loop.precision)
    evaluation = EvaluationStep(model: model, metrics: loop.metrics)
    switch loop.work {
    case .training(let loss, let optimizer):
      training = TrainingStep(model: model, loss: loss, optimizer: optimizer, metrics: loop.metrics)
    case .evaluation: training = nil
    }
    display = ProgressDisplay(
      loop.progress, isTraining: training != nil, output: loop.progressOutput)
  }

  func run(
    over source: any BatchSource, epochs: Int, from given: ModelState?, seed: UInt64
  ) throws -> LoopState {
    guard epochs >= 0 else { throw LoopError("epochs must not be negative, got \(epochs)") }
    guard source.batchCount > 0 else {
      throw LoopError.emptyData(training == nil ? "evaluation" : "training")
    }
    let key = RandomKey(seed: seed)
    let modelState = try given ?? loop.model.build().initialize(key: key)
    let step =
      training?.initialState(modelState, key: key.derived("steps"))
      ?? StepState(
        parameters: modelState.parameters, layerState: modelState.layerState,
        metrics: loop.metrics.initialState, key: key, frozen: modelState.frozen)
    var state = LoopState(
      step: step, metrics: loop.metrics, epochCount: epochs, batchCount: source.batchCount)
    // An error's text must not be appended to a bar.
    defer { display.clear() }
    var action = try fire(.started, &state)
    while action != .haltLoop && state.epoch < epochs {
      action = try runEpoch(source, &state)
    }
    state.status = action == .haltLoop ? .halted : .completed
    _ = try fire(state.status == .halted ? .halted : .completed, &state)
    return state
  }

  private func runEpoch(_ source: any BatchSource, _ state: inout LoopState) throws -> LoopAction {
    let start = Date()
    state.epoch += 1
    state.iteration = 0
    state.validationValues = [:]
    state.step.metrics = loop.metrics.initialState
    var rows = 0
    var action = try fire(.epochStarted, &state)
    while action == .proceed && state.iteration < source.batchCount {
      action = try fire(.iterationStarted, &state)
      guard action == .proceed else { break }
      let batch = try source.batch(state.iteration, epoch: state.epoch - 1)
      try process(batch, &state)
      rows += batch.count
      action = try fire(.iterationCompleted, &state)
      display.update(state, rows: rows, seconds: Date().timeIntervalSince(start))
    }
    let isHalted = action != .proceed
    let batchSeconds = Date().timeIntervalSince(start)
    if !isHalted, let validation = loop.validation,
      state.epoch % validation.every == 0 || state.epoch == state.epochCount
    {
      display.beginValidation(state)
      let values = try evaluation.evaluate(
        validation.source, state.step.parameters, state.step.layerState)
      for (name, value) in values { state.validationValues["validation_\(name)"] = value }
    }
    // Whatever ends an epoch, its figures are kept.
    state.history.append(
      LoopState.EpochRecord(
        epoch: state.epoch, metrics: state.metrics, seconds: Date().timeIntervalSince(start),
        iterations: state.iteration, isHalted: isHalted))
    display.finish(state, rows: rows, seconds: batchSeconds)
    let answer = try fire(isHalted ? .epochHalted : .epochCompleted, &state)
    if action == .haltLoop || answer == .haltLoop { return .haltLoop }
    return .proceed
  }

  private func process(_ batch: Batch, _ state: inout LoopState) throws {
    guard let training else {
      try evaluation(&state.step.metrics, state.step.parameters, state.step.layerState, batch)
      state.iteration += 1
      state.totalIterations += 1
      return
    }
    state.batchLoss = try training(&state.step, batch)
    state.iteration += 1
    state.totalIterations += 1
    if !state.batchLoss.isFinite {
      let culprit = training.firstNonFinite(state.step, batch)
      throw LoopError.nonFiniteLoss(
        state.batchLoss, state,
        culprit ?? "all layers' outputs are finite, so the loss itself is the cause")
    }
  }

  /// Runs the handlers of an event until one does not answer `.proceed`.
  private func fire(_ event: LoopEvent, _ state: inout LoopState) throws -> LoopAction {
    let occurrence = state.occurrences[event, default: 0] + 1
    state.occurrences[event] = occurrence
    for handler in loop.handlers where handler.event == event && handler.filter(occurrence, state) {
      display.clear()
      let (frozen, names) = (state.step.frozen, state.step.parameters.paths)
      let action = try handler.body(&state)
      if frozen != state.step.frozen || names != state.step.parameters.paths {
        training?.fitOptimizerState(of: &state.step)
      }
      if action != .proceed { return action }
    }
    return .proceed
  }
}
