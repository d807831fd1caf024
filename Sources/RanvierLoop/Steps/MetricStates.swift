internal import RanvierData
internal import RanvierFunctions
package import RanvierTensors

/// The accumulated states of a loop's metrics, under the metrics' names.
package struct MetricStates: Sendable {
  /// The states that keep their shapes, which compiled steps carry from batch to batch.
  var carried = Parameters()
  /// The states that do not: a step that carried these would be compiled anew for every batch.
  ///
  /// Steps find such metrics without examples and return the state of the batch, which is merged
  /// here. They are no part of the tree of tensors.
  var grown = Parameters()

  /// The state of a metric.
  func state(of metric: Metric) -> Parameters {
    let grown = grown.scope(metric.name)
    return grown.isEmpty ? carried.scope(metric.name) : grown
  }

  /// Runs a step that returns its batch's states of growing metrics, and merges these.
  static func stepping<State>(
    _ state: inout State, _ path: WritableKeyPath<State, MetricStates>, _ metrics: [Metric],
    _ step: (inout State) throws -> Parameters
  ) throws {
    // Taken out, so that a step's recording does not hold on to them.
    var grown = Parameters()
    swap(&grown, &state[keyPath: path].grown)
    defer { state[keyPath: path].grown = grown }
    let batch = try step(&state)
    if !batch.isEmpty { grown = try metrics.merging(grown, batch) }
  }
}

extension MetricStates: TensorTree {
  package func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> MetricStates {
    MetricStates(carried: try carried.mapTensors(transform), grown: grown)
  }

  package func forEachTensor(_ body: (Tensor) throws -> Void) rethrows {
    try carried.forEachTensor(body)
  }

  package mutating func updateTensors(_ update: (inout Tensor) throws -> Void) rethrows {
    try carried.updateTensors(update)
  }

  package func appendStructure(to structure: inout [TreeStructure]) {
    carried.appendStructure(to: &structure)
  }
}

extension [Metric] {
  /// The states for no examples.
  var initialState: MetricStates {
    var states = MetricStates()
    for metric in self { states.carried.merge(metric.initialize().prefixed(by: metric.name)) }
    return states
  }

  /// Adds a batch to the states that keep their shapes.
  ///
  /// - Returns: The batch's own states of the other metrics.
  func accumulate(_ states: inout MetricStates, _ batch: Batch, output: Tensor) -> Parameters {
    var others = Parameters()
    for metric in self {
      let before = states.carried.scope(metric.name)
      let after = metric.accumulate(before, batch.targets, output, batch.weights)
      if after.hasTypes(of: before) {
        states.carried.merge(after.prefixed(by: metric.name))
      } else {
        others.merge(after.prefixed(by: metric.name))
      }
    }
    return others
  }

  /// The states of growing metrics after another batch.
  fileprivate func merging(_ grown: Parameters, _ batch: Parameters) throws -> Parameters {
    var result = Parameters()
    for metric in self {
      let own = batch.scope(metric.name)
      if own.isEmpty { continue }
      let before = grown.scope(metric.name)
      let merged = metric.merge(before.isEmpty ? metric.initialize() : before, own)
      try merged.forEachTensor { _ = try $0.validated() }
      result.merge(merged.prefixed(by: metric.name))
    }
    return result
  }
}

extension Parameters {
  /// Whether there are the same paths with tensors of the same types.
  fileprivate func hasTypes(of other: Parameters) -> Bool {
    count == other.count
      && allSatisfy { path, tensor in
        other.contains(path) && tensor.error == nil && tensor.type == other[path].type
      }
  }
}
