internal import RanvierCompilation
internal import RanvierData
internal import RanvierFunctions
internal import RanvierModels
internal import RanvierOptimizers
internal import RanvierTensors

/// One step of training as one plan: forward, loss, backward, optimizer, metrics.
struct TrainingStep: Sendable {
  private let compiled: CompiledUpdate<StepState, Tensor, Batch>
  private let model: ResolvedModel
  private let optimizer: Optimizer
  private let metrics: [Metric]

  init(model: ResolvedModel, loss: Loss, optimizer: Optimizer, metrics: [Metric]) {
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
      state.parameters = state.parameters.replacing(with: updated.parameters, fixed)
      state.optimizerState = updated.state
      state.layerState = result.auxiliary.second
      state.metrics = metrics.accumulating(
        state.metrics, batch, output: result.auxiliary.first)
      state.count = state.count + 1
      return result.value
    }
  }

  /// The state before the first step.
  func initialState(_ model: ModelState, key: RandomKey) -> StepState {
    StepState(
      parameters: model.parameters, layerState: model.layerState,
      optimizerState: optimizer.initialize(model.trainableParameters),
      metrics: metrics.initialState, key: key, frozen: model.frozen)
  }

  /// Changes the state by a batch and returns the batch's loss.
  func callAsFunction(_ state: inout StepState, _ batch: Batch) throws -> Double {
    try compiled(&state, batch).scalar(as: Double.self)
  }

  /// The plan for batches of a size, for printing and profiling.
  func plan(_ state: StepState, _ batch: Batch) throws -> Plan { try compiled.plan(for: state, batch) }
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

extension [Metric] {
  /// The accumulated values for no examples, under the metrics' names.
  var initialState: Parameters {
    var state = Parameters()
    for metric in self { state.merge(metric.initialize().prefixed(by: metric.name)) }
    return state
  }

  /// The accumulated values after another batch.
  func accumulating(_ state: Parameters, _ batch: Batch, output: Tensor) -> Parameters {
    var result = state
    for metric in self {
      let accumulated = metric.accumulate(
        state.scope(metric.name), batch.targets, output, batch.weights)
      result.merge(accumulated.prefixed(by: metric.name))
    }
    return result
  }
}
