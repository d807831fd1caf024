internal import RanvierTensors

/// The tensors that a step of a loop changes.
struct StepState: TensorTree {
  var parameters = Parameters()
  var layerState = Parameters()
  var optimizerState = Parameters()
  /// Accumulated values of metrics, under the metrics' names.
  var metrics = Parameters()
  /// The number of steps done, i32.
  var count = Tensor(Int32(0))
  /// The source of dropout and other noise; each step derives its own key from it.
  var key = RandomKey(seed: 0)
  /// Parameters that are not changed.
  var frozen: Set<String> = []

  func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> StepState {
    StepState(
      parameters: try parameters.mapTensors(transform),
      layerState: try layerState.mapTensors(transform),
      optimizerState: try optimizerState.mapTensors(transform),
      metrics: try metrics.mapTensors(transform), count: try transform(count),
      key: try key.mapTensors(transform), frozen: frozen)
  }

  func forEachTensor(_ body: (Tensor) throws -> Void) rethrows {
    for part in [parameters, layerState, optimizerState, metrics] { try part.forEachTensor(body) }
    try body(count)
    try body(key.words)
  }

  func appendStructure(to structure: inout [TreeStructure]) {
    for part in [parameters, layerState, optimizerState, metrics] {
      part.appendStructure(to: &structure)
    }
    if !frozen.isEmpty { structure += frozen.sorted().map { .text($0) } }
  }
}
