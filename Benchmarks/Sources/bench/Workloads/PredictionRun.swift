import Ranvier

/// Predicting for one batch over and over, through the function that users call.
struct PredictionRun: WorkloadRun {
  private let predict: Predict<InferenceMode>
  /// The same computation with a plan that can be looked at.
  private let inspectable: CompiledFunction<Tensor, ModelState, Tensor>
  private let state: ModelState
  private let input: Tensor

  /// Builds the model for a precision and initializes it; `state` may change what it begins with.
  init(
    _ model: Model, input: Tensor, precision: Precision,
    state change: (ModelState) -> ModelState = { $0 }
  ) throws {
    let (initialize, predict) = try model.build(precision: precision.ofModels)
    self.predict = predict
    inspectable = compile { (state: ModelState, input: Tensor) in try predict(state, input) }
    state = change(try initialize(seed: 0))
    self.input = input
  }

  var exported: Parameters {
    var tensors = state.parameters.prefixed(by: "parameters")
    tensors.merge(state.layerState.prefixed(by: "state"))
    tensors["inputs/x"] = input
    return tensors
  }

  mutating func reset() {}

  mutating func step() throws { _ = try predict(state, input) }

  mutating func results() throws -> [Double] { try predict(state, input).sampled() }

  func plan() throws -> Plan { try inspectable.plan(for: state, input) }

  mutating func runPlan() throws { _ = try inspectable(state, input) }
}
