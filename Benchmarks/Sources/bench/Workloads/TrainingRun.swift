import Ranvier

/// What a training step changes.
struct TrainingState: TensorTree {
  var parameters: Parameters
  var layerState: Parameters
  var optimizerState: Parameters

  func mapTensors(_ transform: (Tensor) throws -> Tensor) rethrows -> TrainingState {
    TrainingState(
      parameters: try parameters.mapTensors(transform),
      layerState: try layerState.mapTensors(transform),
      optimizerState: try optimizerState.mapTensors(transform))
  }

  mutating func updateTensors(_ update: (inout Tensor) throws -> Void) rethrows {
    try parameters.updateTensors(update)
    try layerState.updateTensors(update)
    try optimizerState.updateTensors(update)
  }

  func appendStructure(to structure: inout [TreeStructure]) {
    parameters.appendStructure(to: &structure)
    layerState.appendStructure(to: &structure)
    optimizerState.appendStructure(to: &structure)
  }
}

/// Training on one batch over and over: forward, loss, backward and optimizer as one plan.
struct TrainingRun: WorkloadRun {
  /// How many losses the sides are compared by; the later ones depend on gradients and optimizer.
  private static let comparedSteps = 4
  /// After how many steps the loss must have fallen; Adam's first ones may raise it.
  private static let learningSteps = 20

  private let update: CompiledUpdate<TrainingState, Tensor, Tensor, Tensor>
  private let input: Tensor
  private let targets: Tensor
  private var initial: TrainingState
  private var state: TrainingState

  /// Builds a model that gives logits for a precision, and initializes it; targets are classes as
  /// integers.
  init(
    _ model: Model, input: Tensor, targets: Tensor, precision: Precision,
    optimizer: Optimizer = .adam(learningRate: 1e-3)
  ) throws {
    let (initialize, predict) = try model.build(mode: .training, precision: precision.ofModels)
    update = compileUpdate { (state: inout TrainingState, input: Tensor, targets: Tensor) in
      let layerState = state.layerState
      let result = try valueWithGradient(at: state.parameters) { parameters in
        let outcome = try predict(
          ModelState(parameters: parameters, layerState: layerState), input,
          key: RandomKey(seed: 0))
        let loss = categoricalCrossEntropy(targets, outcome.output, fromLogits: true)
        return (loss, outcome.layerState)
      }
      let updated = optimizer.update(
        parameters: state.parameters, gradients: result.gradient, state: state.optimizerState)
      state = TrainingState(
        parameters: updated.parameters, layerState: result.auxiliary,
        optimizerState: updated.state)
      return result.value
    }
    self.input = input
    self.targets = targets
    let modelState = try initialize(seed: 0)
    initial = TrainingState(
      parameters: modelState.parameters, layerState: modelState.layerState,
      optimizerState: optimizer.initialize(modelState.parameters))
    state = initial
  }

  var exported: Parameters {
    var tensors = initial.parameters.prefixed(by: "parameters")
    tensors.merge(initial.layerState.prefixed(by: "state"))
    tensors["inputs/x"] = input
    tensors["inputs/y"] = targets
    return tensors
  }

  mutating func reset() { state = initial }

  mutating func forgetInitial() {
    initial = TrainingState(
      parameters: Parameters(), layerState: Parameters(), optimizerState: Parameters())
  }

  mutating func step() throws { _ = try update(&state, input, targets) }

  mutating func results() throws -> [Double] {
    reset()
    defer { reset() }
    let losses = try (0 ..< TrainingRun.learningSteps).map { _ in
      try update(&state, input, targets).scalar(as: Double.self)
    }
    guard losses[losses.count - 1] < losses[0] else {
      throw BenchError("the loss on one batch should fall: \(losses)")
    }
    return Array(losses.prefix(TrainingRun.comparedSteps))
  }

  func plan() throws -> Plan { try update.plan(for: initial, input, targets) }

  mutating func runPlan() throws { try step() }
}
