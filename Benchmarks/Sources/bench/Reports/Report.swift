import Foundation

/// The outcome of a run, as it is written to a file.
struct Report: Codable, Sendable {
  /// One side's times of a workload, in milliseconds.
  struct Side: Codable, Sendable {
    var median: Double
    var minimum: Double
    var calls: Int
  }

  /// One workload.
  struct Row: Codable, Sendable {
    var name: String
    var goal: Double
    var productOperations: Double
    /// Losses of the first steps, or outputs.
    var results: [Double]
    var sides: [String: Side] = [:]
    /// The largest relative difference of a peer's results from ours.
    var differences: [String: Double] = [:]
    /// Why sides have no times.
    var failures: [String: String] = [:]

    /// Our median time.
    var ours: Double { sides[Interleaving.ours]?.median ?? .nan }

    /// The fastest peer by its median.
    var best: (name: String, median: Double)? {
      sides.filter { $0.key != Interleaving.ours }.min { $0.value.median < $1.value.median }
        .map { ($0.key, $0.value.median) }
    }

    /// Our time as a multiple of the best peer's.
    var ratio: Double? { best.map { ours / $0.median } }

    /// Our rate of products in GFLOP/s.
    var rate: Double { productOperations / (ours * 1e6) }
  }

  var machine: Machine
  var rounds: Int
  var seconds: Double
  var rows: [Row]
}

extension Report {
  /// Reads a report.
  init(contentsOf path: String) throws {
    self = try JSONDecoder().decode(Report.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// Writes the report, equal for equal contents.
  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}
