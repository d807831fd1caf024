import Ranvier

/// Predicting for one batch over and over, with the parameters built in, as a server does.
struct PredictionRun: WorkloadRun {
  private let predict: BakedPredict
  private let state: ModelState
  private let input: Tensor

  /// Builds the model for a precision and initializes it; `state` may change what it begins with.
  init(
    _ model: Model, input: Tensor, precision: Precision,
    state change: (ModelState) -> ModelState = { $0 }
  ) throws {
    state = change(try model.build().initialize(seed: 0))
    predict = try model.build(baking: state, precision: precision.ofModels)
    self.input = input
  }

  var exported: Parameters {
    var tensors = state.parameters.prefixed(by: "parameters")
    tensors.merge(state.layerState.prefixed(by: "state"))
    tensors["inputs/x"] = input
    return tensors
  }

  mutating func reset() {}

  mutating func step() throws { _ = try predict(input) }

  mutating func results() throws -> [Double] { try predict(input).sampled() }

  func plan() throws -> Plan { try predict.plan(for: input) }

  mutating func runPlan() throws { _ = try predict(input) }
}
