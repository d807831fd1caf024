package import RanvierCompilation
package import RanvierData
package import RanvierFunctions
package import RanvierModels
package import RanvierOptimizers
package import RanvierTensors

/// One step of training as one plan: forward, loss, backward, optimizer, metrics.
package struct TrainingStep: Sendable {
  private let compiled: CompiledUpdate<StepState, TreePair<Tensor, Parameters>, Batch>
  private let model: ResolvedModel
  private let optimizer: Optimizer
  private let metrics: [Metric]

  package init(model: ResolvedModel, loss: Loss, optimizer: Optimizer, metrics: [Metric]) {
    self.model = model
    self.optimizer = optimizer
    self.metrics = metrics
    compiled = compileUpdate { (state: inout StepState, batch: Batch) in
      let key = state.key.derived(state.count)
      let layerState = state.layerState
      let fixed = state.parameters.filter { state.frozen.contains($0) }
      let trainable = state.parameters.filter { !state.frozen.contains($0) }
      let result = try valueWithGradient(at: trainable) { parameters in
        let all = state.parameters.replacing(with: parameters, fixed)
        let outcome = try model.forward(
          parameters: all, state: layerState, inputs: batch.inputs, isTraining: true, key: key)
        let value = loss(batch.targets, outcome.output, weights: batch.weights)
        return (value, TreePair(outcome.output, outcome.state))
      }
      let updated = optimizer.update(
        parameters: trainable, gradients: result.gradient, state: state.optimizerState)
      // A loss that is not finite changes nothing of the model, so that its origin can be found.
      let isSound = RanvierTensors.isFinite(result.value)
      let parameters = updated.parameters.combined(with: trainable) { select(isSound, $0, $1) }
      state.parameters = state.parameters.replacing(with: parameters, fixed)
      state.optimizerState = updated.state
      state.layerState = result.auxiliary.second.combined(with: layerState) {
        select(isSound, $0, $1)
      }
      let grown = metrics.accumulate(&state.metrics, batch, output: result.auxiliary.first)
      state.count = state.count + 1
      return TreePair(result.value, grown)
    }
  }

  /// The state before the first step.
  package func initialState(_ model: ModelState, key: RandomKey) -> StepState {
    StepState(
      parameters: model.parameters, layerState: model.layerState,
      optimizerState: optimizer.initialize(model.trainableParameters),
      metrics: metrics.initialState, key: key, frozen: model.frozen)
  }

  /// Changes the state by a batch and returns the batch's loss.
  ///
  /// A loss that is not finite leaves parameters and layer state as they are.
  package func callAsFunction(_ state: inout StepState, _ batch: Batch) throws -> Double {
    var loss = Double.nan
    try MetricStates.stepping(&state, \.metrics, metrics) { state in
      let result = try compiled(&state, batch)
      loss = result.first.scalar(as: Double.self)
      return result.second
    }
    return loss
  }

  /// The plan for batches of a size, for printing and profiling.
  package func plan(_ state: StepState, _ batch: Batch) throws -> Plan {
    try compiled.plan(for: state, batch)
  }

  /// Adds the optimizer's state of parameters that have become trainable, or changed their types.
  func fitOptimizerState(of state: inout StepState) {
    let trainable = state.parameters.filter { !state.frozen.contains($0) }
    for (path, tensor) in optimizer.initialize(trainable)
    where !state.optimizerState.contains(path) || state.optimizerState[path].type != tensor.type {
      state.optimizerState[path] = tensor
    }
  }

  /// What was not finite first in the last step, in words; `nil` if all layers' outputs were.
  func firstNonFinite(_ state: StepState, _ batch: Batch) -> String? {
    if let name = batch.inputs.first(where: { !isFinite($0.1) })?.0 {
      return "the batch's input `\(name)` is not finite"
    }
    if !isFinite(batch.targets) { return "the batch's targets are not finite" }
    // As in the step itself, which has counted itself since.
    let outputs = try? model.outputs(
      parameters: state.parameters, state: state.layerState, inputs: batch.inputs,
      isTraining: true, key: state.key.derived(state.count - 1))
    guard let path = outputs?.first(where: { !isFinite($0.output) })?.path else { return nil }
    let culprit = "the first layer whose output is not finite is `\(path)`"
    let own = state.parameters.scope(path).first { !isFinite($0.1) }?.0
    return own.map { "\(culprit), whose parameter `\($0)` is not finite either" } ?? culprit
  }

  private func isFinite(_ tensor: Tensor) -> Bool {
    !tensor.elementType.isFloatingPoint
      || RanvierTensors.isFinite(tensor).all().scalar(as: Bool.self)
  }
}

extension Parameters {
  /// The tensors of two maps that together have these paths, in this order.
  fileprivate func replacing(with first: Parameters, _ second: Parameters) -> Parameters {
    var result = self
    for (path, tensor) in first { result[path] = tensor }
    for (path, tensor) in second { result[path] = tensor }
    return result
  }
}
