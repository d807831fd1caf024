import RanvierOptimizers
import RanvierTensors
import TestSupport
import Testing

/// The options of a golden case, under the names that PyTorch has for them.
struct GoldenOptions: Decodable {
  struct ScheduleOptions: Decodable {
    var name: String
    var initial: Double
    var decay_steps: Int?
    var alpha: Double?
    var decay_rate: Double?
    var staircase: Bool?

    func schedule() throws -> Schedule {
      switch name {
      case "constant": return .constant(initial)
      case "cosine":
        return .cosineDecay(
          initial: initial, steps: try #require(decay_steps), finalFraction: try #require(alpha))
      default:
        try #require(name == "exponential", "unknown schedule")
        return .exponentialDecay(
          initial: initial, rate: try #require(decay_rate), steps: try #require(decay_steps),
          isStaircase: try #require(staircase as Bool?))
      }
    }
  }

  var steps: Int
  var schedule: ScheduleOptions
  var weight_decay: Double
  var momentum: Double?
  var nesterov: Bool?
  var beta1: Double?
  var beta2: Double?
  var epsilon: Double?
  var decoupled: Bool?
}

/// Feeds a case's gradients to an optimizer and compares the parameters after every step.
func expectTrajectory(
  of optimizer: Optimizer, schedule: Schedule, steps: Int, equals tensors: Parameters,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let names = ["weight", "bias"]
  var parameters = Parameters()
  for name in names { parameters["layer/\(name)"] = tensors["\(name)_initial"] }
  var state = optimizer.initialize(parameters)
  let rates = Tensor((0 ..< steps).map { schedule.value(at: $0) })
  expectClose(
    rates, tensors["learning_rates"], absolute: 1e-9, "rates", sourceLocation: sourceLocation)
  for step in 0 ..< steps {
    var gradients = Parameters()
    for name in names { gradients["layer/\(name)"] = tensors["\(name)_gradients"][step] }
    (parameters, state) = optimizer.update(
      parameters: parameters, gradients: gradients, state: state)
    for name in names {
      expectClose(
        parameters["layer/\(name)"], tensors["\(name)_values"][step],
        "\(name) after step \(step)", sourceLocation: sourceLocation)
    }
  }
}

/// The values of `x` after three steps from `[1, -2]` with gradient `2 x`.
func threeSteps(of optimizer: Optimizer) -> Tensor {
  var parameters: Parameters = ["x": Tensor([Float(1), -2])]
  var state = optimizer.initialize(parameters)
  for _ in 0 ..< 3 {
    let gradients = gradient(at: parameters) { ($0["x"] * $0["x"]).sum() }
    (parameters, state) = optimizer.update(
      parameters: parameters, gradients: gradients, state: state)
  }
  return parameters["x"]
}
