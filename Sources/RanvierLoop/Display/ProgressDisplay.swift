internal import Foundation
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// How a loop shows its progress.
public enum ProgressStyle: Sendable, Hashable {
  /// A bar that is redrawn on a terminal, plain lines elsewhere.
  case automatic
  /// A line for each epoch.
  case lines
  /// Nothing.
  case silent
}

/// Writes progress to the standard output.
final class ProgressDisplay {
  private let style: ProgressStyle
  private let isTraining: Bool
  private var lastDrawn = 0.0
  private let barWidth = 20

  init(_ style: ProgressStyle, isTraining: Bool) {
    let isTerminal = isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    self.style = style == .automatic && !isTerminal ? .lines : style
    self.isTraining = isTraining
  }

  private func title(_ state: LoopState) -> String {
    isTraining ? "epoch \(state.epoch)/\(state.epochCount)" : "evaluation"
  }

  /// Redraws the bar, at most ten times a second.
  func update(_ state: LoopState, rows: Int, seconds: Double) {
    guard style == .automatic, seconds - lastDrawn > 0.1 || lastDrawn > seconds else { return }
    lastDrawn = seconds
    let share = Double(state.iteration) / Double(state.batchCount)
    let filled = Int(share * Double(barWidth))
    let bar =
      String(repeating: "=", count: filled) + (filled < barWidth ? ">" : "")
      + String(repeating: " ", count: Swift.max(0, barWidth - filled - 1))
    let rest = seconds / Double(state.iteration) * Double(state.batchCount - state.iteration)
    let line =
      "\(title(state)) [\(bar)] \(state.iteration)/\(state.batchCount) "
      + "\(rate(rows, seconds)), \(duration(rest)) left\(metrics(state.metrics, state.metricNames))"
    write("\r\u{1B}[K" + fitted(line))
  }

  /// Writes the line of a finished epoch.
  func finish(_ state: LoopState, rows: Int) {
    guard style != .silent, let record = state.history.last else { return }
    lastDrawn = 0
    let line =
      "\(title(state)): \(record.iterations) batches in \(duration(record.seconds)), "
      + "\(rate(rows, record.seconds))\(metrics(record.metrics, state.metricNames))"
      + (record.isHalted ? " (ended early)" : "")
    write((style == .automatic ? "\r\u{1B}[K" : "") + line + "\n")
  }

  /// A terminal line must not wrap, or it could not be redrawn.
  private func fitted(_ line: String) -> String {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 1 else { return line }
    return String(line.prefix(Int(size.ws_col) - 1))
  }

  private func metrics(_ values: [String: Double], _ names: [String]) -> String {
    names.compactMap { name in
      values[name].map { ", \(name) \(String(format: $0 != 0 && Swift.abs($0) < 1e-3 ? "%.3e" : "%.4f", $0))" }
    }.joined()
  }

  private func rate(_ rows: Int, _ seconds: Double) -> String {
    String(format: "%.0f examples/s", seconds > 0 ? Double(rows) / seconds : 0)
  }

  private func duration(_ seconds: Double) -> String {
    if seconds < 60 { return String(format: "%.2f s", seconds) }
    let whole = Int(seconds.rounded())
    return whole < 3600
      ? String(format: "%d:%02d min", whole / 60, whole % 60)
      : String(format: "%d:%02d:%02d h", whole / 3600, whole / 60 % 60, whole % 60)
  }

  private func write(_ text: String) {
    // Through the same buffer as the program's own output, so that lines keep their order; shown at once.
    print(text, terminator: "")
    fflush(nil)
  }
}
