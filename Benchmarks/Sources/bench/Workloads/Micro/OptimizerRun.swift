import Ranvier

/// An optimizer's update of one parameter with the same gradient over and over.
struct OptimizerRun: WorkloadRun {
  private static let comparedSteps = 4

  private let update: CompiledUpdate<TrainingState, Tensor, Tensor>
  private let optimizer: Optimizer
  private let parameter: Tensor
  private let gradient: Tensor
  private var state: TrainingState

  init(_ optimizer: Optimizer, parameter: Tensor, gradient: Tensor) {
    update = compileUpdate { (state: inout TrainingState, gradient: Tensor) in
      let updated = optimizer.update(
        parameters: state.parameters, gradients: ["w": gradient], state: state.optimizerState)
      state.parameters = updated.parameters
      state.optimizerState = updated.state
      return Tensor(0, elementType: .float32)
    }
    self.optimizer = optimizer
    self.parameter = parameter
    self.gradient = gradient
    state = OptimizerRun.initial(optimizer, parameter)
  }

  private static func initial(_ optimizer: Optimizer, _ parameter: Tensor) -> TrainingState {
    let parameters: Parameters = ["w": parameter]
    return TrainingState(
      parameters: parameters, layerState: [:], optimizerState: optimizer.initialize(parameters))
  }

  var exported: Parameters { ["inputs/w": parameter, "inputs/g": gradient] }

  mutating func reset() { state = OptimizerRun.initial(optimizer, parameter) }

  mutating func step() throws { _ = try update(&state, gradient) }

  mutating func results() throws -> [Double] {
    reset()
    defer { reset() }
    for _ in 0 ..< OptimizerRun.comparedSteps { try step() }
    return state.parameters["w"].sampled()
  }

  func plan() throws -> Plan { try update.plan(for: state, gradient) }

  mutating func runPlan() throws { try step() }
}
