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
    /// The precision of products; f32 if a report does not say.
    var precision: Precision?
    /// The largest ratio that is good enough, if there is such a goal.
    var goal: Double?
    var productOperations: Double
    /// Bytes that a call must read and write, where its time is that of memory.
    var byteCount: Double?
    /// Losses of the first steps, or a sample of the output.
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

    /// Whether the ratio is as good as the goal, if there are both.
    var isMet: Bool? {
      guard let ratio, let goal else { return nil }
      return ratio <= goal
    }
  }

  var machine: Machine
  var rounds: Int
  var seconds: Double
  var rows: [Row]
}

extension Report {
  /// The rate of our products in a row as a share of the fastest product's in its precision.
  func shareOfProductCeiling(_ row: Row) -> Double? {
    let ceiling =
      row.precision == .bfloat16 ? machine.bfloat16ProductCeiling : machine.productCeiling
    guard let ceiling, row.productOperations > 0 else { return nil }
    return row.productOperations / (row.ours * 1e6) / ceiling
  }

  /// The time in which a row's bytes can be copied, as a share of our time.
  func shareOfCopyCeiling(_ row: Row) -> Double? {
    guard let ceiling = machine.copyCeiling, let bytes = row.byteCount else { return nil }
    return bytes / (row.ours * 1e6) / ceiling
  }

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
