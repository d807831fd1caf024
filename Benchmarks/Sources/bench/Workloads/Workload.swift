import Ranvier

/// A row of the performance table.
struct Workload: Sendable {
  /// The name on the command line and in reports, which the peers know it by as well.
  let name: String
  /// What is computed, in one line.
  let summary: String
  /// The largest time that is good enough, as a multiple of the best peer's.
  let goal: Double
  /// Floating-point operations of a call's matrix products and convolutions, done plainly.
  let productOperations: Double
  /// Makes the model, its parameters and its inputs.
  let prepare: @Sendable () throws -> any WorkloadRun
}

/// A workload that is ready to be repeated.
protocol WorkloadRun {
  /// Initial parameters as `parameters/...` and inputs as `inputs/...`, for the peers.
  var exported: Parameters { get }

  /// Goes back to the initial parameters.
  ///
  /// Every round begins with this, so that all sides do the same arithmetic however fast they are.
  mutating func reset()

  /// Does once what is timed.
  mutating func step() throws

  /// A few numbers that every side must agree on, computed from the initial parameters.
  mutating func results() throws -> [Double]

  /// The plan that a step runs.
  func plan() throws -> Plan

  /// Runs ``plan()`` once.
  mutating func runPlan() throws
}
