import Foundation
import Ranvier

/// What a process of its own does and reports for a limit, so that nothing else has happened in it.
enum Probe: Codable, Sendable {
  /// Builds a perceptron, initializes it and predicts once.
  case coldStart
  /// Runs a row's first step, and later ones.
  case compiling(String)
  /// Trains the convolutional network for some steps.
  case training(steps: Int)
  /// Runs the first steps of a row.
  case firstSteps(String, count: Int)

  /// What a probe found; each fills in what it is about.
  struct Report: Codable, Sendable {
    /// The first call's time and the median of later ones, in milliseconds.
    var firstCall: Double?
    var laterCall: Double?
    /// Memory before anything was made, before the first step, and after the last.
    var atStart: ProcessMemory?
    var beforeSteps: ProcessMemory?
    var afterSteps: ProcessMemory?
    /// Memory after the steps of `training` that memory may settle in.
    var afterFewSteps: ProcessMemory?
  }

  /// After how many steps memory must no longer grow.
  static let settlingSteps = 100

  /// Does it, in this process.
  func run() throws -> Report {
    switch self {
    case .coldStart:
      let (initialize, predict) = try Workload.mlp.build()
      let prediction = try predict(try initialize(seed: 0), Tensor.zeros([1, 784]))
      guard prediction.scalars(as: Float.self).count == 10 else {
        throw BenchError("a prediction of the wrong shape: \(prediction.shape)")
      }
      return Report()
    case .compiling(let name): return try compiling(try Workload.named(name))
    case .training(let steps):
      return try training(try Workload.smallBatchTraining(.float32), steps: steps)
    case .firstSteps(let name, let count):
      return try firstSteps(of: try Workload.named(name), count: count)
    }
  }

  private func compiling(_ workload: Workload) throws -> Report {
    var run = try workload.prepare()
    let clock = ContinuousClock()
    func milliseconds(_ body: () throws -> Void) rethrows -> Double {
      try clock.measure(body) / .milliseconds(1)
    }
    let first = try milliseconds { try run.step() }
    let later = try (0 ..< 9).map { _ in try milliseconds { try run.step() } }
    return Report(firstCall: first, laterCall: later.sorted()[later.count / 2])
  }

  private func training(_ prepared: TrainingRun, steps: Int) throws -> Report {
    var (run, report) = (prepared, Report())
    for _ in 0 ..< Probe.settlingSteps { try run.step() }
    report.afterFewSteps = try .now()
    for _ in Probe.settlingSteps ..< steps { try run.step() }
    report.afterSteps = try .now()
    return report
  }

  private func firstSteps(of workload: Workload, count: Int) throws -> Report {
    var report = Report(atStart: try .now())
    var run = try workload.prepare()
    run.forgetInitial()
    try ProcessMemory.forgetPeak()
    report.beforeSteps = try .now()
    for _ in 0 ..< count { try run.step() }
    report.afterSteps = try .now()
    return report
  }
}
