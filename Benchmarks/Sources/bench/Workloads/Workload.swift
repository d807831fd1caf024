import Ranvier

/// A row of the performance table.
struct Workload: Sendable {
  /// The name without its precision.
  let family: String
  /// What is computed, in one line.
  let summary: String
  /// The largest time that is good enough in each precision, as a multiple of the best peer's.
  let goals: [Precision: Double]
  /// Floating-point operations of a call's matrix products and convolutions, done plainly.
  var productOperations = 0.0
  /// Bytes that a call must at least read and write, where its time is that of memory.
  var byteCount = 0.0
  /// The precision of products and convolutions.
  private(set) var precision = Precision.float32
  private let make: @Sendable (Precision) throws -> any WorkloadRun

  /// A row whose model, parameters and inputs a function makes for a precision.
  init(
    name: String, summary: String, goals: [Precision: Double], productOperations: Double = 0,
    byteCount: Double = 0, make: @escaping @Sendable (Precision) throws -> any WorkloadRun
  ) {
    family = name
    self.summary = summary
    self.goals = goals
    self.productOperations = productOperations
    self.byteCount = byteCount
    self.make = make
  }

  /// The name on the command line and in reports, which the peers know it by as well.
  var name: String { family + precision.suffix }

  /// The goal in this row's precision, if there is one.
  var goal: Double? { goals[precision] }

  /// Makes the model, its parameters and its inputs.
  func prepare() throws -> any WorkloadRun { try make(precision) }

  /// This row in f32, and in every further precision that it has a goal for and that our side can
  /// be built for.
  var rows: [Workload] {
    Precision.measured.filter { $0 == .float32 || goals[$0] != nil }.map { precision in
      var row = self
      row.precision = precision
      return row
    }
  }
}

/// A workload that is ready to be repeated.
protocol WorkloadRun {
  /// Initial parameters as `parameters/...`, layer state as `state/...` and inputs as
  /// `inputs/...`, for the peers.
  var exported: Parameters { get }

  /// Goes back to the initial parameters.
  ///
  /// Every round begins with this, so that all sides do the same arithmetic however fast they are.
  mutating func reset()

  /// Gives up the initial parameters, so that only the current ones take memory; nothing that goes
  /// back to them may follow.
  mutating func forgetInitial()

  /// Does once what is timed.
  mutating func step() throws

  /// Numbers that every side must agree on, computed from the initial parameters: losses of the
  /// first steps, or a sample of the output.
  mutating func results() throws -> [Double]

  /// The plan that a step runs.
  func plan() throws -> Plan

  /// Runs ``plan()`` once.
  mutating func runPlan() throws
}

extension WorkloadRun {
  /// Rows that change nothing have no other parameters than their initial ones.
  mutating func forgetInitial() {}
}
