import Foundation
import Ranvier

/// Measures what is promised besides speed: times until the first result, and memory.
struct Limits {
  private let options: Options

  /// The training whose compile time is limited.
  private static let compiled = "resnet18_train_b8"
  /// The trainings whose memory is compared with a peer's.
  private static let compared = ["resnet18_train_b8", "gpt_train_b12"]
  /// The peer that they are compared with.
  private static let peer = "torch eager"
  private static let comparedSteps = 5
  private static let trainingSteps = 10_000

  init(_ options: Options) { self.options = options }

  /// Runs everything, each measurement in a process of its own.
  func run() throws -> [Limit] {
    var limits = [try compiling(), try coldStart(), try growth()]
    for name in Limits.compared { limits += try peak(of: Workload.named(name)) }
    return limits
  }

  private func compiling() throws -> Limit {
    let reports = try (0 ..< 3).map { _ in
      try ProbeProcess.run(.compiling(Limits.compiled)).report
    }
    let times = reports.map { ($0.firstCall ?? .nan) - ($0.laterCall ?? .nan) }.sorted()
    return Limit(
      title: "tracing, differentiating and compiling \(Limits.compiled)",
      value: times[times.count / 2], goal: 1000, unit: "ms",
      remark: "the first step less a later one; median of \(times.count) processes")
  }

  private func coldStart() throws -> Limit {
    let times = try (0 ..< 10).map { _ in try ProbeProcess.run(.coldStart).milliseconds }.sorted()
    return Limit(
      title: "a process that builds the perceptron, initializes it and predicts once",
      value: (times[4] + times[5]) / 2, goal: 100, unit: "ms",
      remark: String(
        format: "from its start to its end; median of %d, the fastest %.1f ms", times.count,
        times[0]))
  }

  private func growth() throws -> Limit {
    let report = try ProbeProcess.run(.training(steps: Limits.trainingSteps)).report
    let (early, late) = (report.afterFewSteps?.resident ?? 0, report.afterSteps?.resident ?? 0)
    return Limit(
      title: "memory after \(Limits.trainingSteps) steps of the CNN more than after "
        + "\(Probe.settlingSteps)",
      // Pages of libraries and stacks that are touched late are no growth.
      value: Limits.megabytes(late - early), goal: 1, unit: "MB",
      remark: String(
        format: "batch of 8; %.1f MB after %d", Limits.megabytes(early), Probe.settlingSteps))
  }

  /// The memory of a row's first steps in all, and without what libraries take before anything is
  /// made.
  private func peak(of workload: Workload) throws -> [Limit] {
    let ours = try ProbeProcess.run(.firstSteps(workload.name, count: Limits.comparedSteps)).report
    let theirs = try peer(workload)
    func limit(_ title: String, _ figure: (Probe.Report) -> Int?) -> Limit {
      Limit(
        title: "peak memory of \(workload.name), \(title)",
        value: Limits.megabytes(figure(ours) ?? 0),
        goal: theirs.flatMap(figure).map(Limits.megabytes), unit: "MB",
        remark: "\(Limits.comparedSteps) steps; the goal is \(Limits.peer)")
    }
    func growth(_ report: Probe.Report, over start: ProcessMemory?) -> Int? {
      guard let peak = report.afterSteps?.peak, let start else { return nil }
      return peak - start.resident
    }
    return [
      limit("the whole process") { $0.afterSteps?.peak },
      limit("over its libraries") { growth($0, over: $0.atStart) },
      limit("over the process before the first step") { growth($0, over: $0.beforeSteps) },
    ]
  }

  /// The same steps by the peer, in a process that has done nothing else.
  private func peer(_ workload: Workload) throws -> Probe.Report? {
    guard let python = options.python,
      let peer = Peer.catalog.first(where: { $0.name == Limits.peer })
    else { return nil }
    let file =
      FileManager.default.temporaryDirectory.path
      + "/bench-\(ProcessInfo.processInfo.processIdentifier)-\(workload.name).safetensors"
    defer { try? FileManager.default.removeItem(atPath: file) }
    try SafeTensors(tensors: try workload.prepare().exported).write(to: file)
    let process = try PeerProcess(
      peer, python: python, scripts: options.scripts, threads: options.threads)
    defer { process.stop() }
    return try process.memory(of: workload.name, steps: Limits.comparedSteps, file: file)
  }

  private static func megabytes(_ kilobytes: Int) -> Double { Double(kilobytes) / 1024 }
}
