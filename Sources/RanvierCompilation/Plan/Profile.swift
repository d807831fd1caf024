internal import Foundation
internal import RanvierTensors

/// What the instructions of a plan took while it was profiled: see ``Plan/startProfiling()``.
///
/// Printed, it is a table, the instruction that took longest first. A loop or a branch is one
/// instruction, with everything it carries out.
public struct Profile: Sendable {
  /// One instruction: a kernel of the plan.
  public struct Instruction: Sendable {
    /// The layer it belongs to, such as `encoder/dense_0`; empty outside layers.
    public let layer: String
    /// What it computes, with its options, such as `matmul + bias`.
    public let operation: String
    /// The types and shapes of its results.
    public let results: String
    /// What does the work, such as `onednn matmul brg:avx512_core`.
    public let implementation: String
    /// How often it ran.
    public let calls: Int
    /// How long all calls together took.
    public let seconds: Double
    /// How many bytes one call reads: its operands, each once.
    ///
    /// Of a tensor of which a slice or a gather takes a part, as many bytes as the part has.
    public let bytesRead: Int
    /// How many bytes one call writes: its results.
    public let bytesWritten: Int
    /// How many multiplications and additions one call of a matrix product or convolution does;
    /// `nil` for other instructions.
    public let operations: Double?
    /// When its last call started and ended.
    fileprivate let lastSpan: Measurements.Span?

    /// The mean time of a call in seconds.
    public var secondsPerCall: Double { calls == 0 ? 0 : seconds / Double(calls) }

    /// 10⁹ bytes read and written in a second.
    public var gigabytesPerSecond: Double {
      seconds > 0 ? Double(bytesRead + bytesWritten) / secondsPerCall * 1e-9 : 0
    }

    /// 10⁹ multiplications and additions in a second; `nil` where they are not counted.
    public var gigaflopsPerSecond: Double? {
      operations.map { seconds > 0 ? $0 / secondsPerCall * 1e-9 : 0 }
    }

    init(
      _ graph: Graph, _ node: Graph.Node, _ implementation: String, calls: Int, seconds: Double,
      lastSpan: Measurements.Span?
    ) {
      let work = InstructionWork(of: node, in: graph)
      layer = graph.scopes[Int(node.scope)]
      operation = "\(node.primitive)"
      results = graph.resultTypes(of: node).map(\.description).joined(separator: ", ")
      self.implementation = implementation
      self.calls = calls
      self.seconds = seconds
      bytesRead = work.bytesRead
      bytesWritten = work.bytesWritten
      operations = work.operations
      self.lastSpan = lastSpan
    }
  }

  /// How often the plan ran.
  public let calls: Int
  /// How long all runs together took, with what lies between instructions.
  public let seconds: Double
  /// The instructions in the order in which they run.
  public let instructions: [Instruction]
  private let lastSpan: Measurements.Span?

  /// The mean time of a run in seconds.
  public var secondsPerCall: Double { calls == 0 ? 0 : seconds / Double(calls) }

  init(
    calls: Int = 0, seconds: Double = 0, lastSpan: Measurements.Span? = nil,
    instructions: [Instruction] = []
  ) {
    self.calls = calls
    self.seconds = seconds
    self.lastSpan = lastSpan
    self.instructions = instructions
  }
}

// MARK: - The table

extension Profile: CustomStringConvertible {
  public var description: String { table() }

  /// The instructions that took longest, one a line.
  public func table(limit: Int = 40) -> String {
    guard calls > 0 else {
      return "nothing was measured; call startProfiling() and run the plan"
    }
    let whole = instructions.reduce(0) { $0 + $1.seconds }
    let order = instructions.indices.sorted {
      (-instructions[$0].seconds, $0) < (-instructions[$1].seconds, $1)
    }
    var rows = [["us", "share", "calls", "GB/s", "GFLOP/s", "layer", "instruction"]]
    for index in order.prefix(limit) {
      let entry = instructions[index]
      rows.append([
        String(format: "%.1f", entry.secondsPerCall * 1e6),
        String(format: "%.1f %%", whole > 0 ? 100 * entry.seconds / whole : 0),
        "\(entry.calls)",
        String(format: "%.1f", entry.gigabytesPerSecond),
        entry.gigaflopsPerSecond.map { String(format: "%.1f", $0) } ?? "",
        entry.layer,
        "\(entry.results) = \(entry.operation) [\(entry.implementation)]",
      ])
    }
    let title = String(
      format: "%.1f us per run in %d instructions, %d runs", secondsPerCall * 1e6,
      instructions.count, calls)
    return ([title] + Profile.aligned(rows, leading: 5)).joined(separator: "\n")
  }

  /// Lines of columns; the first ones, which are numbers, end below each other.
  private static func aligned(_ rows: [[String]], leading: Int) -> [String] {
    let widths = (rows.first ?? []).indices.map { column in
      rows.reduce(0) { max($0, $1[column].count) }
    }
    return rows.map { row in
      row.enumerated().map { column, text in
        let space = String(repeating: " ", count: widths[column] - text.count)
        if column < leading { return space + text }
        return column == row.count - 1 ? text : text + space
      }.joined(separator: "  ")
    }
  }
}

// MARK: - The timeline

extension Profile {
  /// The last run as JSON: a timeline for viewers of Chrome's Trace Event Format, such as
  /// `chrome://tracing` and Perfetto.
  ///
  /// An event of type `X` stands for the run, and inside it one for each instruction, with its
  /// layer, kernel, results and bytes as arguments. Times are microseconds since the run's start.
  ///
  /// - Source: Google, "Trace Event Format", complete events.
  public func chromeTrace() -> String {
    var events: [TraceEvent] = []
    if let run = lastSpan {
      events.append(TraceEvent("run", run, origin: run.start, [:]))
      for instruction in instructions {
        guard let span = instruction.lastSpan else { continue }
        let arguments: [String: TraceEvent.Argument] = [
          "layer": .text(instruction.layer), "kernel": .text(instruction.implementation),
          "results": .text(instruction.results), "bytes read": .number(instruction.bytesRead),
          "bytes written": .number(instruction.bytesWritten),
        ]
        events.append(TraceEvent(instruction.operation, span, origin: run.start, arguments))
      }
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(Trace(traceEvents: events)), as: UTF8.self)
    } catch {
      fatalError("a profile could not be written as JSON: \(error)")
    }
  }

  private struct Trace: Encodable { var traceEvents: [TraceEvent] }

  /// A complete event, with the format's names.
  private struct TraceEvent: Encodable {
    enum Argument: Encodable {
      case text(String)
      case number(Int)

      func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        }
      }
    }

    var name: String
    var cat = "plan"
    var ph = "X"
    var ts: Double
    var dur: Double
    var pid = 1
    var tid = 1
    var args: [String: Argument]

    init(
      _ name: String, _ span: Measurements.Span, origin: Double, _ arguments: [String: Argument]
    ) {
      self.name = name
      ts = (span.start - origin) * 1e6
      dur = span.seconds * 1e6
      args = arguments
    }
  }
}
