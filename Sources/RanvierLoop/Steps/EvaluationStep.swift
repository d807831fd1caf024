internal import RanvierCompilation
internal import RanvierData
internal import RanvierFunctions
internal import RanvierModels
internal import RanvierTensors

/// One step of evaluation as one plan: prediction and metrics.
struct EvaluationStep: Sendable {
  private let compiled: CompiledUpdate<MetricStates, Parameters, Parameters, Parameters, Batch>
  let metrics: [Metric]

  init(model: ResolvedModel, metrics: [Metric]) {
    self.metrics = metrics
    compiled = compileUpdate {
      (
        accumulated: inout MetricStates, parameters: Parameters, layerState: Parameters,
        batch: Batch
      )
      in
      let outcome = try model.forward(
        parameters: parameters, state: layerState, inputs: batch.inputs, isTraining: false, key: nil
      )
      return metrics.accumulate(&accumulated, batch, output: outcome.output)
    }
  }

  /// Adds a batch to accumulated metrics.
  func callAsFunction(
    _ accumulated: inout MetricStates, _ parameters: Parameters, _ layerState: Parameters,
    _ batch: Batch
  ) throws {
    try MetricStates.stepping(&accumulated, \.self, metrics) {
      try compiled(&$0, parameters, layerState, batch)
    }
  }

  /// The values of the metrics over all batches of a source.
  func evaluate(
    _ source: any BatchSource, _ parameters: Parameters, _ layerState: Parameters, epoch: Int = 0
  ) throws -> [String: Tensor] {
    guard source.batchCount > 0 else { throw LoopError.emptyData("evaluation") }
    var accumulated = metrics.initialState
    for index in 0 ..< source.batchCount {
      try self(&accumulated, parameters, layerState, try source.batch(index, epoch: epoch))
    }
    return metrics.reduce(into: [:]) { values, metric in
      values[metric.name] = metric.finalize(accumulated.state(of: metric))
    }
  }
}

extension Metric {
  /// The mean loss over all samples, under the name `loss`.
  ///
  /// A loss that is one number for a whole batch counts once for each of its examples.
  static func meanLoss(_ loss: Loss) -> Metric {
    .mean(of: "loss") { targets, predictions in
      let whole = loss(targets, predictions, reduction: .none)
      guard whole.error == nil, whole.rank == 0 else { return whole }
      return whole.broadcast(to: [targets.rank == 0 ? 1 : targets.shape[0]])
    }
  }
}
