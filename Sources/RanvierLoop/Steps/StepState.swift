package import RanvierTensors

/// The tensors that a step of a loop changes.
package struct StepState: TensorTree {
  package var parameters = Parameters()
  package var layerState = Parameters()
  package var optimizerState = Parameters()
  /// Accumulated values of metrics.
  package var metrics = MetricStates()
  /// The number of steps done, i32.
  package var count = Tensor(Int32(0))
  /// The source of dropout and other noise; each step derives its own key from it.
  package var key = RandomKey(seed: 0)
  /// Parameters that are not changed.
  package var frozen: Set<String> = []

  package func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> StepState {
    StepState(
      parameters: try parameters.mapTensors(transform),
      layerState: try layerState.mapTensors(transform),
      optimizerState: try optimizerState.mapTensors(transform),
      metrics: try metrics.mapTensors(transform), count: try transform(count),
      key: try key.mapTensors(transform), frozen: frozen)
  }

  package func forEachTensor(_ body: (Tensor) throws -> Void) rethrows {
    try parameters.forEachTensor(body)
    try layerState.forEachTensor(body)
    try optimizerState.forEachTensor(body)
    try metrics.forEachTensor(body)
    try body(count)
    try body(key.words)
  }

  package mutating func updateTensors(_ update: (inout Tensor) throws -> Void) rethrows {
    try parameters.updateTensors(update)
    try layerState.updateTensors(update)
    try optimizerState.updateTensors(update)
    try metrics.updateTensors(update)
    try update(&count)
    try key.updateTensors(update)
  }

  package func appendStructure(to structure: inout [TreeStructure]) {
    parameters.appendStructure(to: &structure)
    layerState.appendStructure(to: &structure)
    optimizerState.appendStructure(to: &structure)
    metrics.appendStructure(to: &structure)
    if !frozen.isEmpty { structure += frozen.sorted().map { .text($0) } }
  }
}
