import Foundation
import Ranvier

/// Measures all sides in turns: ours, peer, peer, ours, peer, peer...
///
/// Sides share the machine's moods that way, and medians over all turns can be compared though the
/// machine is not quiet. While one has its turn the others wait for a line of input.
struct Interleaving {
  /// What our side is called in reports.
  static let ours = "ranvier"
  /// Threads of parallel runtimes spin a little after their work; the next side waits for them.
  private static let pause: useconds_t = 50_000

  private let options: Options

  init(_ options: Options) { self.options = options }

  /// Runs all workloads.
  func run() throws -> Report {
    let peers = startPeers()
    defer { for peer in peers { peer.stop() } }
    var ceilings = Ceilings(for: options.workloads, threads: options.threads)
    var rows: [Report.Row] = []
    for workload in options.workloads {
      note("\(workload.name)...")
      try ceilings.measure(for: workload)
      rows.append(try measure(workload, peers))
    }
    let versions = Dictionary(uniqueKeysWithValues: peers.map { ($0.peer.name, $0.version) })
    return Report(
      machine: Machine(
        processor: Machine.processorName, cores: ProcessInfo.processInfo.processorCount,
        threads: options.threads, productCeiling: ceilings.products(in: .float32) ?? .nan,
        bfloat16ProductCeiling: ceilings.products(in: .bfloat16), copyCeiling: ceilings.copies,
        versions: versions),
      rounds: options.rounds, seconds: options.seconds, rows: rows)
  }

  private func startPeers() -> [PeerProcess] {
    guard let python = options.python else {
      note("without peers: they need a Python with torch, jax, optax, onnx, onnxruntime and numpy")
      return []
    }
    return options.peers.compactMap { peer in
      do {
        return try PeerProcess(
          peer, python: python, scripts: options.scripts, threads: options.threads)
      } catch {
        note("left out: \(error)")
        return nil
      }
    }
  }

  private func measure(_ workload: Workload, _ peers: [PeerProcess]) throws -> Report.Row {
    var run = try workload.prepare()
    let results = try run.results()
    guard results.allSatisfy(\.isFinite) else {
      throw BenchError("\(workload.name): results that are not finite: \(results)")
    }
    if workload.precision == .bfloat16 {
      let plan = try run.plan()
      // A row that says bf16 and computes in f32 would compare unlike things.
      guard plan.description.contains("bf16") else {
        throw BenchError("\(workload.name): nothing in our plan is of bf16")
      }
    }
    var row = Report.Row(
      name: workload.name, precision: workload.precision, goal: workload.goal,
      productOperations: workload.productOperations,
      byteCount: workload.byteCount > 0 ? workload.byteCount : nil, results: results)
    let file =
      FileManager.default.temporaryDirectory.path
      + "/bench-\(ProcessInfo.processInfo.processIdentifier)-\(workload.name).safetensors"
    defer { try? FileManager.default.removeItem(atPath: file) }
    try SafeTensors(tensors: run.exported).write(to: file)
    var taking: [PeerProcess] = []
    for peer in peers where peer.workloads.contains(workload.name) {
      do {
        row.differences[peer.peer.name] = try check(peer, workload, file, results)
        taking.append(peer)
      } catch {
        row.failures[peer.peer.name] = "\(error)"
      }
    }
    var samples: [String: Samples] = [:]
    for _ in 0 ..< options.rounds {
      run.reset()
      usleep(Interleaving.pause)
      samples[Interleaving.ours, default: Samples()].append(
        try Samples.measured(seconds: options.seconds) { try run.step() })
      for peer in taking where row.failures[peer.peer.name] == nil {
        usleep(Interleaving.pause)
        do {
          samples[peer.peer.name, default: Samples()].append(
            try peer.run(workload.name, seconds: options.seconds))
        } catch {
          row.failures[peer.peer.name] = "\(error)"
        }
      }
    }
    for failure in row.failures.sorted(by: { $0.key < $1.key }) {
      note("\(workload.name): \(failure.value)")
    }
    for peer in taking { try? peer.forget(workload.name) }
    for (name, samples) in samples where row.failures[name] == nil {
      row.sides[name] = Report.Side(
        median: samples.median, minimum: samples.minimum, calls: samples.count)
    }
    return row
  }

  /// Lets a peer compute the results and returns how far they are from ours.
  private func check(
    _ peer: PeerProcess, _ workload: Workload, _ file: String, _ ours: [Double]
  ) throws -> Double {
    let theirs = try peer.prepare(workload.name, file: file)
    let difference = Interleaving.difference(ours, theirs)
    guard difference <= workload.precision.tolerance else {
      throw BenchError(
        "\(peer.peer.name): results differ by \(difference): \(theirs.prefix(8))..., "
          + "ours \(ours.prefix(8))...")
    }
    return difference
  }

  /// The largest difference, relative to the largest number.
  static func difference(_ ours: [Double], _ theirs: [Double]) -> Double {
    guard ours.count == theirs.count else { return .infinity }
    let scale = ours.reduce(1e-30) { max($0, abs($1)) }
    return zip(ours, theirs).reduce(0) { max($0, abs($1.0 - $1.1) / scale) }
  }

  private func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}
